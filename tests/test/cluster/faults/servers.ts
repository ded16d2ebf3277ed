import { setTimeout as sleep } from 'node:timers/promises';
import { oneOf, type Fault } from '../fault.js';

/** Longer than a transaction may be left open (`idle_in_transaction_session_timeout`, 5 s). */
const FROZEN_MILLIS = 8_000;
const MOVES = 20;

export const serverKilled: Fault = {
  name: 'a server is killed',
  millis: 1_500,
  at(cluster, random) {
    const node = oneOf(cluster.nodes, random);
    return { inject: () => node.kill(), heal: () => node.startAgain(cluster.clockShiftMillis) };
  },
};

/** What it has taken, and not answered, it finds when it goes on: others have its exporters by then. */
export const serverFrozen: Fault = {
  name: 'a server is frozen, and goes on when others have its exporters',
  millis: FROZEN_MILLIS,
  at(cluster, random) {
    const node = oneOf(cluster.nodes, random);
    return {
      inject: () => Promise.resolve(node.pause()),
      heal: () => Promise.resolve(node.resume()),
    };
  },
};

export const serverCutOff: Fault = {
  name: 'a server is cut off from PostgreSQL',
  millis: FROZEN_MILLIS,
  at({ remoteNode }) {
    return {
      impossible: remoteNode === undefined ? 'it takes root and iproute2' : undefined,
      inject: () => Promise.resolve(remoteNode?.network?.cut()),
      heal: () => Promise.resolve(remoteNode?.network?.mend()),
    };
  },
};

/**
 * Again and again, and each time from one that is asleep: it wakes up with frames that it had not read, while its exporter sends the same
 * ones to another server.
 */
export const exporterMoves: Fault = {
  name: 'an exporter goes from server to server, and those that it left go on with what it sent them',
  millis: 500,
  at(cluster) {
    const nodes = cluster.nearNodes;
    return {
      async inject() {
        for (let move = 0; move < MOVES; move += 1) {
          const from = nodes[move % nodes.length];
          const to = nodes[(move + 1) % nodes.length];
          if (from === undefined || to === undefined) throw new Error('it has nowhere to go');
          from.pause();
          await sleep(200);
          cluster.moveExporter(to);
          await sleep((move % 8) * 25);
          from.resume();
          await sleep(200);
        }
      },
      heal: () => Promise.resolve(nodes.forEach((node) => node.resume())),
    };
  },
};
