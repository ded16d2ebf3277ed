#!/usr/bin/env node
let cli;
try {
  cli = await import('../dist/esm/cli.js');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(
    error.message.includes("'@opentelemetry/api'")
      ? '@opentelemetry/api not found. Run: npm install @opentelemetry/api@1.9'
      : 'cerberus-otel is not built (or its dependencies are missing). Run: npm run build',
  );
  process.exit(1);
}
process.exitCode = await cli.main(process.argv.slice(2));
