import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const LAUNCHER = join(
  dirname(createRequire(import.meta.url).resolve('@cerberus-otel/server/package.json')),
  'bin/cerberus-server.mjs',
);

/** The command `cerberus-server` in a process of its own, with what it has written so far. */
export class Command {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  stdout = '';
  stderr = '';
  readonly #wake = new Set<() => void>();

  constructor(args: readonly string[], { cwd, env }: { cwd?: string; env?: Record<string, string> } = {}) {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:CERBERUS|OTEL)_/.test(name)),
    );
    this.child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd,
      env: { ...clean, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        for (const wake of this.#wake) wake();
      });
    }
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code) => {
        resolve(code);
        for (const wake of this.#wake) wake();
      });
    });
  }

  /** What a regular expression finds in one of the outputs, as soon as it is there: its first group. */
  async output(name: 'stdout' | 'stderr', pattern: RegExp, millis = 15_000): Promise<string> {
    const deadline = performance.now() + millis;
    for (;;) {
      const match = pattern.exec(this[name]);
      if (match !== null) return match[1] ?? match[0];
      if (this.child.exitCode !== null || performance.now() > deadline)
        throw new Error(`no ${String(pattern)} in: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.#wake.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }
}
