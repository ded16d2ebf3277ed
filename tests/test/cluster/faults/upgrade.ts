import { until } from '@cerberus-otel/test-support/deadline';
import type { Cluster } from '../cluster.js';
import type { Fault } from '../fault.js';
import type { ServerNode } from '../nodes.js';
import { HELD } from '../releases.js';

const SEEN_MILLIS = 60_000;

/**
 * As an operator does it: each server is stopped and started again as the next version, the first of which changes the tables while
 * the others write and answer. They stay of that version.
 */
export const rollingUpgrade: Fault = {
  name: 'one server after the other is replaced by a version that changes the tables',
  millis: 500,
  at: (cluster) => ({
    async inject() {
      const [first, second, ...others] = cluster.nodes;
      if (first === undefined || second === undefined) throw new Error('there is nobody to go on meanwhile');
      const before = await tablesVersion(cluster);
      const release = cluster.releases.next(before);
      await hold(cluster);
      cluster.moveExporter(second);
      await first.stop();
      first.install(release.folder);
      await Promise.all([
        first.startAgain(cluster.clockShiftMillis),
        seenMigrating(cluster, before).finally(() => letGo(cluster)),
      ]);
      await isAtWork(cluster, cluster.nodes);
      // An old one finds the newer tables when it comes back.
      cluster.moveExporter(first);
      await second.kill();
      await second.startAgain(cluster.clockShiftMillis);
      await isAtWork(cluster, cluster.nodes);
      for (const node of [second, ...others]) {
        await node.stop();
        node.install(release.folder);
        await node.startAgain(cluster.clockShiftMillis);
        await isAtWork(cluster, cluster.nodes);
      }
      const version = await tablesVersion(cluster);
      if (version !== release.version)
        throw new Error(`tables of version ${version}, not ${release.version}`);
    },
    async heal() {
      for (const node of cluster.nodes) if (!node.isRunning) await node.startAgain(cluster.clockShiftMillis);
    },
  }),
};

/** Waits until the others have stored and answered while the first one had the tables' lock, and was in the middle of changing them. */
async function seenMigrating(cluster: Cluster, before: number): Promise<void> {
  await until('a migration runs', () => isMigrating(cluster), SEEN_MILLIS);
  await isAtWork(cluster, cluster.nodes.slice(1));
  if (!(await isMigrating(cluster)) || (await tablesVersion(cluster)) !== before)
    throw new Error('the migration was over before anything was seen of it');
}

async function isMigrating({ engines }: Cluster): Promise<boolean> {
  const rows = await engines.ask(
    `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND classid = hashtext('cerberus')::oid AND objid = 0 AND granted
       AND application_name = 'cerberus-server' AND query ~ '${HELD}'`,
  );
  return rows.length > 0;
}

/** Waits until every exporter has been told that something more of it is stored, and these servers have answered a question. */
async function isAtWork({ load }: Cluster, nodes: readonly ServerNode[]): Promise<void> {
  const before = new Map((await load.books()).map(({ exporter, acked }) => [exporter, acked]));
  await until(
    'all exporters have got on',
    async () => (await load.books()).every(({ exporter, acked }) => acked > (before.get(exporter) ?? 0)),
    SEEN_MILLIS,
  );
  for (const node of nodes) {
    await until(
      `${node.name} answers`,
      async () => (await node.ask('/api/summary', 10_000))?.ok === true,
      SEEN_MILLIS,
    );
  }
}

async function tablesVersion({ engines }: Cluster): Promise<number> {
  const [row] = await engines.ask<{ version: number }>('SELECT version FROM meta');
  return row?.version ?? 0;
}

async function hold({ engines }: Cluster): Promise<void> {
  await engines.ask(`CREATE TABLE IF NOT EXISTS ${HELD} (held boolean)`);
  await engines.ask(`INSERT INTO ${HELD} VALUES (true)`);
}

async function letGo({ engines }: Cluster): Promise<void> {
  await engines.ask(`DELETE FROM ${HELD}`);
}
