import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterTest } from '@cerberus-otel/test-support/disposal';

export interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote with `report`. */
  readonly report: Record<string, unknown>;
  /** From its last output to its end. */
  readonly millis: number;
}

/** Runs one of the scripts in `children` to its end, at most 10 s, with only these variables and PATH. */
export async function runChild(
  script: string,
  env: Readonly<Record<string, string>> = {},
  options: {
    readonly cwd?: string;
    readonly args?: readonly string[];
    readonly node?: readonly string[];
  } = {},
): Promise<ChildResult> {
  const file = fileURLToPath(new URL(`../children/${script}`, import.meta.url));
  const child = spawn(process.execPath, [...(options.node ?? []), file, ...(options.args ?? [])], {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: {
      PATH: process.env['PATH'] ?? '',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  afterTest(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  let spoke = performance.now();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    spoke = performance.now();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const millis = performance.now() - spoke;
  const line = stdout.split('\n').findLast((each) => each.startsWith('{"'));
  if (line === undefined) throw new Error(`the child gave no report (code ${code}): ${stderr}${stdout}`);
  return { code, stdout, stderr, millis, report: JSON.parse(line) as Record<string, unknown> };
}
