import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Longer than a process takes to start on a machine that is busy. */
const START_MILLIS = 30_000;
const application = fileURLToPath(new URL('./spooling-application.js', import.meta.url));

/** What one life of an application is given. */
export interface LifeSettings {
  /** Begins the path of each of its events. */
  readonly name: string;
  readonly journal: string;
  readonly wsUrl: string;
  readonly token: string;
  readonly clientId: string;
  readonly protocol: 'batch' | 'event';
  readonly spoolDir: string;
  readonly maxQueueEvents: number;
  readonly spansPerSecond: number;
}

/** A line of a journal. `failed`: events that were not accepted; `lost`: those that were on disk and could not be read. */
export interface JournalLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly exported: number;
  readonly failed: number;
  readonly imbalance: number;
  readonly spooled: number;
  readonly lost: number;
  readonly rssMiB: number;
}

/** An application that is killed and started again; each life has its own name and journal. */
export class Application {
  readonly lives: LifeSettings[] = [];
  readonly #settings: Omit<LifeSettings, 'journal'>;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(settings: Omit<LifeSettings, 'journal'>, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
    // Also when this process is told to end.
    process.once('exit', () => this.#child?.kill('SIGKILL'));
  }

  start(): void {
    const name = `${this.#settings.name}${this.lives.length}`;
    const life = { ...this.#settings, name, journal: join(this.#folder, `${name}.journal`) };
    this.lives.push(life);
    this.#child = spawn(process.execPath, [application, JSON.stringify(life)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'], CERBERUS_WARNINGS: 'false' },
    });
  }

  /** Settles when the present life has exported something, so that it hears signals. */
  async isRunning(): Promise<void> {
    const deadline = performance.now() + START_MILLIS;
    while (this.lives.slice(-1).some((life) => journalOf(life).length === 0)) {
      if (performance.now() > deadline) throw new Error('an application did not start');
      await sleep(50);
    }
  }

  /** @returns the exit code, or the signal's name */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.signalCode ?? child.exitCode;
  }
}

/** What a life wrote, but for a line that its death cut short. */
export function journalOf({ journal }: LifeSettings): JournalLine[] {
  let text = '';
  try {
    text = readFileSync(journal, 'utf8');
  } catch {
    // It died before it had begun.
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalLine);
}
