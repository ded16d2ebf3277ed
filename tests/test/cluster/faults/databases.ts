import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@cerberus-otel/test-support/deadline';
import type { Cluster } from '../cluster.js';
import type { Fault } from '../fault.js';

/** Statements of the transaction that stores events. */
const WRITES = String.raw`^\s*(COMMIT|COPY|SELECT producer|INSERT INTO (producers|pending))`;
/** Those of the transaction that aggregates them. */
const ROLL_UP = String.raw`^\s*(DELETE FROM pending|WITH batch AS|INSERT INTO additions)`;
const ENOUGH_CANCELLED = 5;
/** Whoever watches over a pair takes a while to be sure. */
const SILENT_MILLIS = 3_000;

/** Ends connections of the servers while they do what `pattern` says. Looks for them within the engine: they do it for milliseconds. */
async function terminate(cluster: Cluster, pattern: string, times: number): Promise<void> {
  await cluster.engines.ask(`
    DO $$
    DECLARE
      victim integer;
      ended integer := 0;
    BEGIN
      FOR look IN 1..20000 LOOP
        PERFORM pg_stat_clear_snapshot();
        SELECT pid INTO victim FROM pg_stat_activity
        WHERE application_name = 'cerberus-server' AND state = 'active' AND query ~ '${pattern}' LIMIT 1;
        IF FOUND THEN
          PERFORM pg_terminate_backend(victim, 1000);
          ended := ended + 1;
          EXIT WHEN ended >= ${times};
        ELSE
          PERFORM pg_sleep(0.001);
        END IF;
      END LOOP;
      IF ended < ${times} THEN RAISE 'ended only % connections', ended; END IF;
    END $$`);
}

export const writerKilled: Fault = {
  name: 'connections that store events are ended',
  millis: 500,
  at: (cluster) => ({
    inject: () => terminate(cluster, WRITES, 5),
    heal: () => Promise.resolve(),
  }),
};

export const rollUpKilled: Fault = {
  name: 'connections that aggregate events are ended',
  millis: 500,
  at: (cluster) => ({
    inject: () => terminate(cluster, ROLL_UP, 2),
    heal: () => Promise.resolve(),
  }),
};

export const databaseFrozen: Fault = {
  name: 'PostgreSQL is frozen',
  millis: 5_000,
  at({ engines }) {
    const { engine } = engines.primary;
    return {
      inject: () => Promise.resolve(engine.pause()),
      heal: () => Promise.resolve(engine.resume()),
    };
  },
};

/** All servers find another primary. The old one comes back before anybody has told it that it is one no longer. */
export const primaryKilled: Fault = {
  name: 'the primary is killed, the standby takes its place, and the old one comes back',
  millis: 2_000,
  at: ({ engines }) => ({
    async inject() {
      await engines.primary.engine.kill();
      await engines.failOver();
    },
    async heal() {
      await engines.haunt(2_000);
      await engines.rejoin();
    },
  }),
};

/** As when its machine or its network is gone: no connection to it ends, and a new one finds nobody who answers. */
export const primarySilent: Fault = {
  name: 'the primary says nothing any more, and the standby takes its place',
  millis: 2_000,
  at: ({ engines }) => ({
    async inject() {
      engines.primary.engine.pause();
      await sleep(SILENT_MILLIS);
      await engines.failOver();
    },
    heal: () => engines.rejoin(),
  }),
};

/** A commit that only the primary has is not acknowledged, even if PostgreSQL is told to wait no longer: it is lost with the primary. */
export const commitCancelled: Fault = {
  name: 'commits that wait for the standby are cancelled, and then the primary is lost',
  millis: 1_000,
  at: ({ engines }) => ({
    async inject() {
      await engines.standby.engine.kill();
      let cancelled = 0;
      await until(
        'commits are cancelled',
        async () => {
          cancelled += await engines.cancelWaitingCommits();
          return cancelled >= ENOUGH_CANCELLED;
        },
        30_000,
      );
      await engines.primary.engine.kill();
      await engines.standby.engine.startAgain();
      await engines.failOver();
    },
    heal: () => engines.rejoin(),
  }),
};

export const diskFull: Fault = {
  name: 'the disk of the primary is full',
  millis: 3_000,
  at({ engines }) {
    const { engine, disk } = engines.primary;
    return {
      impossible: disk === undefined ? 'it takes the right to mount, and the primary that has it' : undefined,
      async inject() {
        const before = engine.log().length;
        engines.fillDisk(1);
        await until(
          'it says so',
          () => engine.log().slice(before).includes('No space left on device'),
          60_000,
        );
      },
      async heal() {
        engines.enlargeDisk();
        // Where even its log of transactions found no place it has given up.
        if (engine.pid === undefined) await engine.startAgain();
      },
    };
  },
};
