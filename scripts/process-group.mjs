// Starts commands in process groups of their own, so that all that they started can be ended with them.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that is asked to end may say its last words so long. */
const LAST_WORDS_MILLIS = 3_000;
/** After the end of a process its output may take so long to arrive; longer only if somebody else holds it open. */
const REST_OF_OUTPUT_MILLIS = 1_000;

/** Parent and group of each process, where there is a /proc. */
function processTable() {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name of the command, in parentheses, may contain anything.
        const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), group: Number(group) }];
      } catch {
        return []; // It has just ended.
      }
    });
}

/** The group that `pid` leads and those that its descendants have made. */
function groupsBelow(pid) {
  const table = processTable();
  const pids = new Set([pid]);
  const groups = new Set([pid]);
  for (let before = 0; before < pids.size;) {
    before = pids.size;
    for (const each of table.filter(({ parent }) => pids.has(parent))) {
      pids.add(each.pid);
      groups.add(each.group);
    }
  }
  return groups;
}

function killGroups(groups) {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }
}

/** A command and everything that it starts. */
export class ProcessGroup {
  static #running = new Set();
  #child;
  #exited;
  #closed;

  /** Takes the options of `spawn`. */
  constructor(command, args, options) {
    this.#child = spawn(command, args, { ...options, detached: true });
    this.#exited = new Promise((resolve, reject) => {
      this.#child.once('exit', resolve);
      this.#child.once('error', reject);
    });
    this.#closed = new Promise((resolve) => void this.#child.once('close', resolve));
    ProcessGroup.#running.add(this);
  }

  /** What it writes, where `stdio` says `pipe`. */
  get outputs() {
    return [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
  }

  /** What it reads, where `stdio` says `pipe`. */
  get input() {
    return this.#child.stdin;
  }

  /** Waits for the command's end, and ends what it left behind. @returns its status, null after a signal */
  async ended() {
    const status = await this.#exited;
    killGroups([this.#child.pid]);
    await Promise.race([this.#closed, sleep(REST_OF_OUTPUT_MILLIS, undefined, { ref: false })]);
    for (const stream of this.outputs) stream.destroy();
    ProcessGroup.#running.delete(this);
    return status;
  }

  /** Asks the command to end, lets it say its last words, and ends it and everything that it started. */
  async end() {
    const groups = groupsBelow(this.#child.pid);
    this.#child.kill('SIGTERM');
    await Promise.race([this.#exited, sleep(LAST_WORDS_MILLIS, undefined, { ref: false })]);
    killGroups(groups);
    if (this.#child.exitCode === null) this.kill();
  }

  /** Ends everything at once. */
  kill() {
    killGroups(groupsBelow(this.#child.pid));
  }

  static killAll() {
    for (const group of ProcessGroup.#running) group.kill();
  }
}

/** A signal that ends this process ends its groups first, which no terminal and no parent can reach; then `lastly` runs. */
export function endGroupsWithThisProcess(lastly) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      ProcessGroup.killAll();
      lastly();
      process.kill(process.pid, signal);
    });
  }
  process.once('exit', () => ProcessGroup.killAll());
}
