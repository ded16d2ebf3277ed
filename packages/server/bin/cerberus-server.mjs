#!/usr/bin/env node
let cli;
try {
  cli = await import('../dist/commands/cli.js');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('cerberus-server is not built (or its dependencies are missing). Run: npm run build');
  process.exit(1);
}
await cli.main(process.argv.slice(2));
