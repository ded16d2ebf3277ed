import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a run of `scripts/test.mjs` said, and how it ended. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Folders with suites of their own, for the runner of this repository; {@link remove} ends what is left of them. */
export class Suites {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'cerberus-suites-'));

  /** A workspace with these files of tests, by name. @returns its path */
  add(workspace: string, files: Readonly<Record<string, string>>): string {
    const folder = join(this.#folder, workspace);
    mkdirSync(join(folder, 'test-dist'), { recursive: true });
    for (const [name, source] of Object.entries(files))
      writeFileSync(join(folder, 'test-dist', `${name}.test.js`), source);
    return folder;
  }

  /** Where processes of the suites note their ids, a line each. */
  get pidFile(): string {
    return join(this.#folder, 'pids');
  }

  /** The processes that noted themselves. */
  get pids(): number[] {
    return existsSync(this.pidFile) ? readFileSync(this.pidFile, 'utf8').trim().split('\n').map(Number) : [];
  }

  /** Runs the runner on these; `onStart` gets its process, to send it signals. */
  async run(
    workspaces: readonly string[],
    limitMillis = 60_000,
    onStart: (pid: number) => unknown = () => undefined,
  ): Promise<Run> {
    const runner = spawn(process.execPath, ['scripts/test.mjs', ...workspaces], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], TEST_LIMIT_MILLIS: String(limitMillis) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [runner.stdout, runner.stderr])
      stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    // `close` and not `exit`: nobody may hold the pipes any longer.
    const closed = new Promise<Run>((resolve) => {
      runner.once('close', (code, signal) => resolve({ code, signal, output }));
    });
    await onStart(runner.pid ?? 0);
    return closed;
  }

  remove(): void {
    for (const pid of this.pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    rmSync(this.#folder, { recursive: true });
  }
}

/** Whether a process runs; one that has ended and was not yet asked how is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch (error) {
    // Where there is no /proc, the signal alone says it.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync('/proc/self');
  }
}
