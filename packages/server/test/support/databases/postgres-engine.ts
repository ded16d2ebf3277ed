import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { until } from '@cerberus-otel/test-support/deadline';
import { freePort } from '../free-port.js';
import { lastWill } from '../processes/last-will.js';
import { childrenOf, isAlive, signalFamily } from '../processes/process-tree.js';

const run = promisify(execFile);

const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 ** 31;

/** In memory, where there is room: tests make databases, of a hundred files each, and on a disk nearly all of their time goes there. */
function fastestFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

const DEBIAN = '/usr/lib/postgresql';
/** Longer than it takes on a machine that does much else. */
const START_SECONDS = 60;

/** Small and quick to start, but as durable as any: what is tested is that nothing is lost. */
const SETTINGS = [
  `listen_addresses = '127.0.0.1'`,
  `unix_socket_directories = ''`,
  'max_connections = 200',
  'shared_buffers = 64MB',
  'max_wal_size = 512MB',
  'wal_level = replica',
  'max_wal_senders = 4',
  'hot_standby = on',
  'autovacuum_naptime = 10s',
  'fsync = on',
  // In the folder of the data, where it is removed with it, also after a kill.
  'dynamic_shared_memory_type = mmap',
];

/** Who reaches an address that it listens on may do everything. */
const TRUST = 'host all all all trust\nhost replication all all trust\n';

const COMMANDS = ['initdb', 'pg_ctl', 'pg_basebackup', 'pg_rewind'];

/** The folder with `initdb` and the other commands; undefined where PostgreSQL is not installed. `CERBERUS_POSTGRES_BIN` goes before `PATH`. */
export function postgresBinaries(): string | undefined {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [process.env['CERBERUS_POSTGRES_BIN'] ?? '', ...path, ...debian].find((folder) =>
    COMMANDS.every((command) => existsSync(join(folder, command))),
  );
}

/** PostgreSQL refuses to run as root; the package that brings it makes a user for it. */
function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function sourceOf(primary: Engine, name: string): string {
  return `host=127.0.0.1 port=${primary.port} user=cerberus application_name=${name}`;
}

/** Where an engine is put. */
export interface EnginePlace {
  /** With `initdb`, see {@link postgresBinaries}. */
  readonly binaries: string;
  /** Lines of its configuration, behind those that every engine of a test has. */
  readonly settings?: readonly string[];
  /** The folder of its data, which is not there yet; default: in a temporary folder. */
  readonly data?: string;
}

/** A PostgreSQL of its own: its processes, its data and its log. All is gone at the latest with the process that started it. */
export class Engine {
  readonly port: number;
  readonly data: string;
  readonly binaries: string;
  readonly #folder: string;
  readonly #revokeWill: () => void;

  private constructor(port: number, folder: string, { binaries, data = join(folder, 'data') }: EnginePlace) {
    this.port = port;
    this.binaries = binaries;
    this.#folder = folder;
    this.data = data;
    const wake = 'kill -CONT $pid $(cat /proc/$pid/task/$pid/children)';
    this.#revokeWill = lastWill(
      `pid=$(head -n 1 '${data}/postmaster.pid') && { ${wake}; kill -QUIT $pid; }
       while grep '^State:.[^Z]' /proc/$pid/status; do sleep 0.1; done
       # A command that still makes it needs a moment to notice.
       rm -rf '${folder}' || { sleep 2; rm -rf '${folder}'; }`,
    );
  }

  /** Makes an engine with the user `cerberus`, who may do everything, and starts it. */
  static async start(place: EnginePlace): Promise<Engine> {
    const engine = await Engine.#placed(place);
    try {
      const initdb = ['-D', engine.data, '-A', 'trust', '-U', 'cerberus', '--encoding=UTF8', '--locale=C'];
      await engine.command('initdb', [...initdb, '--no-sync']);
      writeFileSync(join(engine.data, 'pg_hba.conf'), TRUST);
      engine.configure(place.settings ?? []);
      await engine.startAgain();
      return engine;
    } catch (error) {
      await engine.remove();
      throw error;
    }
  }

  /** Makes a copy of another engine that follows it as its standby `name`, and starts it. */
  static async follow(primary: Engine, name: string, settings: readonly string[] = []): Promise<Engine> {
    const engine = await Engine.#placed({ binaries: primary.binaries });
    try {
      await engine.copy(primary, name, settings);
      return engine;
    } catch (error) {
      await engine.remove();
      throw error;
    }
  }

  static async #placed(place: EnginePlace): Promise<Engine> {
    const folder = mkdtempSync(join(fastestFolder(), 'cerberus-postgres-'));
    chmodSync(folder, 0o755);
    if (isRoot()) execFileSync('chown', ['postgres:postgres', folder]);
    return new Engine(await freePort(), folder, place);
  }

  /** URL of one of its databases. */
  urlOf(database: string): string {
    return `postgres://cerberus@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs one of PostgreSQL's commands as the user that may. */
  async command(name: string, args: readonly string[]): Promise<string> {
    const command = [join(this.binaries, name), ...args];
    const user = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];
    const [file = '', ...rest] = isRoot() ? [...user, ...command] : command;
    const { stdout } = await run(file, rest, { cwd: this.#folder, timeout: 2 * START_SECONDS * 1000 });
    return stdout;
  }

  /** Writes its configuration, which is read at its next start. */
  configure(settings: readonly string[]): void {
    const lines = [`port = ${this.port}`, ...SETTINGS, ...settings];
    writeFileSync(join(this.data, 'postgresql.conf'), `${lines.join('\n')}\n`);
  }

  /** Reads its configuration again, as far as that is possible while it runs. */
  async reload(): Promise<void> {
    await this.command('pg_ctl', ['-D', this.data, 'reload']);
  }

  /** Makes a standby the primary. */
  async promote(): Promise<void> {
    await this.command('pg_ctl', ['-D', this.data, '-w', '-t', String(START_SECONDS), 'promote']);
  }

  /** Takes back what it has and `primary` has not, and follows that as the standby `name`. It has to be stopped, in whatever way. */
  async rewind(primary: Engine, name: string, settings: readonly string[] = []): Promise<void> {
    const source = `${sourceOf(primary, name)} dbname=postgres`;
    await this.command('pg_rewind', ['-D', this.data, `--source-server=${source}`, '-R', '--no-sync']);
    this.configure(settings);
    await this.startAgain();
  }

  /** Takes the place of a standby: with a new copy of what `primary` has, whatever was here. It has to be stopped. */
  async copy(primary: Engine, name: string, settings: readonly string[] = []): Promise<void> {
    rmSync(this.data, { recursive: true, force: true });
    const how = ['-X', 'stream', '-R', '--checkpoint=fast', '--no-sync'];
    await this.command('pg_basebackup', ['-d', sourceOf(primary, name), '-D', this.data, ...how]);
    this.configure(settings);
    await this.startAgain();
  }

  async startAgain(): Promise<void> {
    const log = join(this.#folder, 'log');
    const args = ['-D', this.data, '-l', log, '-w', '-t', String(START_SECONDS), 'start'];
    // What pg_ctl starts keeps its outputs open, so they must not be waited for.
    await this.command('pg_ctl', args).catch((error: unknown) => {
      throw new Error(`PostgreSQL did not start: ${this.log()}`, { cause: error });
    });
  }

  /** As an operator stops it: `fast` ends its connections, `immediate` ends like a crash. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const { pid } = this;
    await this.command('pg_ctl', ['-D', this.data, '-m', mode, '-w', 'stop']);
    // Its file goes a moment before it does.
    await until('PostgreSQL has ended', () => pid === undefined || !isAlive(pid));
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
  }

  /** `kill -9` of all its processes: a power failure, but for the disk. */
  async kill(): Promise<void> {
    const pid = this.pid;
    if (pid === undefined) return;
    const all = [pid, ...childrenOf(pid)];
    const [, memory] = this.#lock()[6]?.trim().split(/\s+/) ?? [];
    signalFamily(pid, 'SIGKILL');
    await until('PostgreSQL has ended', () => !all.some(isAlive));
    // Where nobody waits for a process that has lost its parent, its number stays in use, which is what a new one looks at.
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
    if (memory !== undefined) await run('ipcrm', ['-m', memory]).catch(() => undefined);
  }

  /** SIGSTOP for all its processes: connections stay open, and nobody answers. */
  pause(): void {
    if (this.pid !== undefined) signalFamily(this.pid, 'SIGSTOP');
  }

  resume(): void {
    if (this.pid !== undefined) signalFamily(this.pid, 'SIGCONT');
  }

  /** Of its first process; undefined when it does not run. */
  get pid(): number | undefined {
    const pid = Number(this.#lock()[0]);
    return isAlive(pid) ? pid : undefined;
  }

  /** What it has said so far. */
  log(): string {
    try {
      return readFileSync(join(this.#folder, 'log'), 'utf8');
    } catch {
      return '';
    }
  }

  /** The lines of its lock file, the first its process, the seventh its shared memory; none when it has no such file. */
  #lock(): readonly string[] {
    try {
      return readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n');
    } catch {
      return [];
    }
  }

  /** Ends it at once, and removes everything of it. */
  async remove(): Promise<void> {
    this.resume();
    // Unlike a kill this gives back the memory that it shares.
    if (this.pid !== undefined) await this.stop('immediate').catch(() => this.kill());
    rmSync(this.#folder, { recursive: true, force: true });
    this.#revokeWill();
  }
}
