import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scene } from './fault.js';

const HOLD_MILLIS = 700;

/** Breaks the connections, or passes less than all, for a moment. */
function linkFault(kind: string, strike: (scene: Scene) => void): Fault {
  return {
    kind,
    share: 3,
    strike: async (scene) => {
      strike(scene);
      await sleep(HOLD_MILLIS);
      scene.proxy.refuse(false);
      scene.proxy.set('pass');
    },
  };
}

export const LINK_FAULTS: readonly Fault[] = [
  linkFault('reset', ({ proxy }) => proxy.reset()),
  linkFault('end', ({ proxy }) => proxy.end()),
  linkFault('refuse', ({ proxy }) => proxy.refuse(true)),
  linkFault('blackhole', ({ proxy }) => proxy.set('blackhole')),
  linkFault('drop-down', ({ proxy }) => proxy.set('drop-down')),
  linkFault('stall', ({ proxy }) => proxy.set('stall')),
];

/** The server is killed, with SIGKILL, and started again. */
export const KILL: Fault = { kind: 'kill', share: 3, strike: ({ server }) => server.killAndRestart() };
