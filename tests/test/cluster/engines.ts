import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../../packages/server/test-dist/support/databases/postgres.js';
import { Engine } from '../../../packages/server/test-dist/support/databases/postgres-engine.js';
import {
  smallDisk,
  type SmallDisk,
} from '../../../packages/server/test-dist/support/databases/small-disk.js';
import { until } from '@cerberus-otel/test-support/deadline';

const DATABASE = 'cerberus';
/** Of memory, and only as much as is used. */
const DISK_MEBIBYTES = 4_000;
const MEBIBYTE = 2 ** 20;
/** Longer than a standby takes to come to where it can be followed. */
const FOLLOW_MILLIS = 60_000;

/** An engine and what it is called as a standby. */
interface Member {
  readonly name: 'a' | 'b';
  readonly engine: Engine;
  /** That its data is on, where one could be had. */
  readonly disk: SmallDisk | undefined;
}

/** A primary and its synchronous standby, which change places. What is committed is on both, or the primary was told to go on alone. */
export class EnginePair {
  primary: Member;
  standby: Member;
  readonly #settings: (synchronous: string) => readonly string[];

  private constructor(
    primary: Member,
    standby: Member,
    settings: (synchronous: string) => readonly string[],
  ) {
    this.primary = primary;
    this.standby = standby;
    this.#settings = settings;
  }

  /**
   * @param address - beside 127.0.0.1, where it is found as well, of the blocks 198.18.0.0 and 198.19.0.0
   * @param more - lines of the configuration of both
   */
  static async start(binaries: string, address?: string, more: readonly string[] = []): Promise<EnginePair> {
    const addresses = ['127.0.0.1', ...(address === undefined ? [] : [address])];
    const settings = (synchronous: string): readonly string[] => [
      ...settingsOf(addresses, synchronous),
      ...more,
    ];
    const disk = smallDisk(DISK_MEBIBYTES);
    const first: Member[] = [];
    try {
      if (disk !== undefined && process.getuid?.() === 0)
        execFileSync('chown', ['postgres:postgres', disk.folder]);
      const data = disk === undefined ? {} : { data: join(disk.folder, 'data') };
      const engine = await Engine.start({ binaries, ...data, settings: settings('') });
      const primary: Member = { name: 'a', engine, disk };
      first.push(primary);
      await ask(engine.urlOf('postgres'), `CREATE DATABASE ${DATABASE}`);
      const follower = await Engine.follow(engine, 'b', settings(''));
      const pair = new EnginePair(primary, { name: 'b', engine: follower, disk: undefined }, settings);
      first.push(pair.standby);
      await pair.becomeSynchronous();
      return pair;
    } catch (error) {
      for (const { engine } of first) await engine.remove();
      disk?.remove();
      throw error;
    }
  }

  /** URL of the database, with both hosts. @param host - by which they are found */
  urlFor(host = '127.0.0.1'): string {
    const [a, b] = [this.primary, this.standby].toSorted((one, other) => one.name.localeCompare(other.name));
    return `postgres://cerberus@${host}:${a?.engine.port},${host}:${b?.engine.port}/${DATABASE}`;
  }

  /** Runs a statement on the primary. */
  ask<T extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<readonly T[]> {
    return ask<T>(this.primary.engine.urlOf(DATABASE), sql, values);
  }

  /** The primary commits nothing any more that the standby has not. */
  async becomeSynchronous(): Promise<void> {
    const { primary, standby } = this;
    await until(
      'the standby follows',
      async () => {
        const sql = `SELECT 1 FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'`;
        return (await this.ask(sql, [standby.name])).length > 0;
      },
      FOLLOW_MILLIS,
    );
    primary.engine.configure(this.#settings(`FIRST 1 (${standby.name})`));
    await primary.engine.reload();
    await until(
      'the standby is synchronous',
      async () => (await this.ask(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)).length > 0,
      FOLLOW_MILLIS,
    );
  }

  /** The standby becomes the primary and goes on alone, as whoever watches over a pair does it. The old one has to be down. */
  async failOver(): Promise<void> {
    const { primary, standby } = this;
    standby.engine.configure(this.#settings(''));
    await standby.engine.promote();
    this.primary = standby;
    this.standby = primary;
  }

  /** The old primary comes back as it was, takes itself for the primary for a while, and is stopped with nothing done about it. */
  async haunt(millis: number): Promise<void> {
    const { engine } = this.standby;
    await engine.startAgain();
    await sleep(millis);
    await engine.kill();
  }

  /** The old primary becomes the standby: what only it had is gone. */
  async rejoin(): Promise<void> {
    const { name, engine } = this.standby;
    if (engine.pid !== undefined) await engine.kill();
    const settings = this.#settings('');
    // Until then the promoted one says in its files that it is of the time before.
    await this.ask('CHECKPOINT');
    await engine
      .rewind(this.primary.engine, name, settings)
      .catch(() => engine.copy(this.primary.engine, name, settings));
    await this.becomeSynchronous();
  }

  /** The primary's disk takes no more than `mebibytes`. @returns false where it has none of its own */
  fillDisk(mebibytes: number): boolean {
    const { disk } = this.primary;
    if (disk === undefined) return false;
    const { blocks, bfree, bsize } = statfsSync(disk.folder);
    disk.resize(Math.ceil(((blocks - bfree) * bsize) / MEBIBYTE) + mebibytes);
    return true;
  }

  enlargeDisk(): void {
    this.primary.disk?.resize(DISK_MEBIBYTES);
  }

  /** Cancels every commit that waits for the standby just now. @returns how many */
  async cancelWaitingCommits(): Promise<number> {
    const sql = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                 WHERE wait_event = 'SyncRep' AND application_name = 'cerberus-server'`;
    return (await this.ask(sql)).length;
  }

  async remove(): Promise<void> {
    for (const { engine, disk } of [this.primary, this.standby]) {
      await engine.remove();
      disk?.remove();
    }
  }
}

function settingsOf(addresses: readonly string[], synchronous: string): readonly string[] {
  return [
    `listen_addresses = '${addresses.join(',')}'`,
    `synchronous_standby_names = '${synchronous}'`,
    // An old primary finds in it where they parted.
    'wal_log_hints = on',
    'wal_keep_size = 512MB',
    `wal_receiver_timeout = '5s'`,
    `wal_retrieve_retry_interval = '200ms'`,
    `wal_sender_timeout = '10s'`,
  ];
}
