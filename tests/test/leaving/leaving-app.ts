import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { until } from '@cerberus-otel/test-support/deadline';

const FOLDER = fileURLToPath(new URL('../../apps/leaving/', import.meta.url));

/** A first start of a Node.js reads much from disk. */
const START_MILLIS = 40_000;

/** How Cerberus comes into the application: as ES modules, or, where it says so, as CommonJS. */
type SetUp = 'register' | 'register, required' | 'in code' | 'in code, required';

const SET_UP: Readonly<Record<SetUp, readonly string[]>> = {
  register: ['--import', '@cerberus-otel/instrumentation/register'],
  'register, required': ['--require', '@cerberus-otel/instrumentation/register'],
  'in code': ['--import', './in-code.mjs'],
  'in code, required': ['--require', './in-code.cjs'],
};

/** How it is started. */
export interface Start {
  readonly setUp: SetUp;
  readonly env: Readonly<Record<string, string>>;
  readonly script?: string;
  /** An ES module, instead of `script`; it finds packages as if it were in the folder of the applications. */
  readonly source?: string;
  /** Before the path of Node.js, such as `unshare`. */
  readonly wrapper?: readonly string[];
  readonly node?: string;
  /** Arguments of Node.js before all others, such as the file of a command. */
  readonly flags?: readonly string[];
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The application of `apps/leaving` in a process of its own. */
export class LeavingApp {
  output = '';
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;

  private constructor({ setUp, env, script = 'app.mjs', source, wrapper = [], node, flags }: Start) {
    const program = node ?? process.execPath;
    const what = source === undefined ? [script] : ['--input-type=module', '--eval', source];
    const args = [...(flags ?? []), ...SET_UP[setUp], ...what];
    const [command, ...before] = wrapper;
    const [first, rest] = command === undefined ? [program, args] : [command, [...before, program, ...args]];
    this.child = spawn(first, rest, {
      cwd: FOLDER,
      env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer): void => void (this.output += chunk.toString());
    this.child.stdout?.on('data', collect);
    this.child.stderr?.on('data', collect);
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  static async start(start: Start): Promise<LeavingApp> {
    const app = new LeavingApp(start);
    try {
      await until('the application listens', () => app.port > 0 || app.child.exitCode !== null, START_MILLIS);
      if (app.port === 0) throw new Error('it ended');
      return app;
    } catch (error) {
      app.kill('SIGKILL');
      throw new Error(`the application did not start: ${app.output}`, { cause: error });
    }
  }

  get port(): number {
    return Number(/listening on (\d+)/.exec(this.output)?.[1] ?? 0);
  }

  /** Resolves when so many of its processes listen, on the one port. */
  listens(processes: number): Promise<unknown> {
    const listening = (): number => this.output.split('listening on').length - 1;
    return until(`${processes} processes listen`, () => listening() >= processes, START_MILLIS);
  }

  /** Resolves when the answer has come, or the connection has gone. */
  ask(path: string): Promise<void> {
    return new Promise((resolve) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path, agent: false }, (answer) => {
        answer.resume();
        answer.on('close', resolve);
      });
      asked.on('error', () => resolve());
      asked.end();
    });
  }

  /** Resolves when it has written a word, which is a line of its own: a framework's log may contain it. */
  said(word: string): Promise<unknown> {
    return until(`the application says ${word}`, () => this.output.split('\n').includes(word));
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal to the process that it started first, past the one that was started. */
  async killInner(signal: NodeJS.Signals): Promise<void> {
    const { pid = 0 } = this.child;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    process.kill(Number.parseInt(children, 10), signal);
  }
}
