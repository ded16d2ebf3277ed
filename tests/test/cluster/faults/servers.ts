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

/** Without pause: after each move it finds another server with what it has sent to the one before. */
export const exporterMoves: Fault = {
  name: 'an exporter goes from server to server',
  millis: 500,
  at: (cluster) => ({
    async inject() {
      for (let move = 0; move < MOVES; move += 1) {
        const to = cluster.nearNodes[move % cluster.nearNodes.length];
        if (to !== undefined) cluster.moveExporter(to);
        await sleep(50 + (move % 5) * 60);
      }
    },
    heal: () => Promise.resolve(),
  }),
};
