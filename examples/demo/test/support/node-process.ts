import { spawn, type ChildProcess } from 'node:child_process';
import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** How to start a process. */
export interface NodeProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A Node.js process with what it has written so far; ended after the test, with all of its group. */
export class NodeProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], { cwd, env }: NodeProcessOptions = {}) {
    this.child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: signals can be sent as a terminal does, to all of it.
      detached: true,
    });
    afterTest(() => this.destroy());
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    // `close`: everything that it has written was read.
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code) => resolve(code));
    });
  }

  /** The text that a regular expression finds in the output, as soon as it is there. */
  async output(pattern: RegExp): Promise<string> {
    const found = new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.stdout);
        if (match !== null) resolve(match[1] ?? match[0]);
      };
      this.child.stdout?.on('data', look);
      this.child.once('close', () => reject(new Error(`it ended with: ${this.stdout}${this.stderr}`)));
      look();
    });
    return within(`output like ${String(pattern)}`, found);
  }

  /** Ends the whole group, whatever state it is in. */
  destroy(): void {
    if (this.groupExists()) process.kill(-this.#pid(), 'SIGKILL');
  }

  /** As Ctrl-C on a terminal. */
  interruptGroup(): void {
    process.kill(-this.#pid(), 'SIGINT');
  }

  /** Whether any process of the group is left. */
  groupExists(): boolean {
    try {
      process.kill(-this.#pid(), 0);
      return true;
    } catch {
      return false;
    }
  }

  #pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('the process was not started');
    return pid;
  }
}
