import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** How a child process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly millis: number;
}

/** Runs ESM source in a Node process of its own, with the package importable as `exporter`; ends with it. */
export async function runScript(
  source: string,
  env: Record<string, string> = {},
  deadlineMillis = 10_000,
  flags: readonly string[] = [],
): Promise<Exit> {
  const script = `import * as exporter from '@cerberus-otel/exporter-ws';\nconst { CerberusWsExporter } = exporter;\n${source}`;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [...flags, '--unhandled-rejections=strict', '--input-type=module', '-e', script],
    {
      cwd: packageRoot,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  afterTest(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => void (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
  const killer = setTimeout(() => child.kill('SIGKILL'), deadlineMillis);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (...result) => resolve(result));
  });
  clearTimeout(killer);
  return { code, signal, stdout, stderr, millis: performance.now() - started };
}

/** Source of a SERVER span for `runScript`. */
export const SPAN_SOURCE = `
const span = (index) => ({
  kind: 1,
  attributes: { 'http.request.method': 'GET', 'url.path': '/' + index, 'cerberus.outcome': 'completed' },
  startTime: [1_700_000_000, 0], duration: [0, 1_000_000], status: { code: 0 },
  spanContext: () => ({ traceId: 'a'.repeat(32), spanId: String(index).padStart(16, '0'), traceFlags: 1 }),
});
const spans = (count) => Array.from({ length: count }, (_, index) => span(index));
`;
