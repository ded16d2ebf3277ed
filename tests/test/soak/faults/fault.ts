import type { FaultProxy } from '../../../../packages/exporter-ws/test-dist/support/fault-proxy.js';
import type { SlowLine } from '../../../../packages/exporter-ws/test-dist/support/slow-line.js';
import type { ServerProcess } from '../../support/server-process.js';
import type { Producer } from '../producer.js';

/** What faults strike, and how they ask what became of it. */
export interface Scene {
  readonly server: ServerProcess;
  readonly token: string;
  /** Between the producers and the line. */
  readonly proxy: FaultProxy;
  /** Between the proxy and the server. */
  readonly line: SlowLine;
  /** Numbers from 0 to 1, the same for the same seed. */
  readonly random: () => number;
  /** Waits so long, or a part of it in a short run; milliseconds. */
  readonly hold: (millis: number) => Promise<void>;
  /** Events that are acknowledged, of all producers. */
  readonly acked: () => number;
  /** A producer that has never been connected; it is watched like the others until it is `retired`. */
  readonly newcomer: () => Producer;
  /** Asks the server whether what was acknowledged is there. */
  readonly isWhole: () => Promise<void>;
  /** Says that a promise was broken. */
  readonly broken: (what: string) => void;
}

/** Something that goes wrong for a while, and is put right again. */
export interface Fault {
  readonly kind: string;
  /** How often it strikes in each round of all faults. */
  readonly share: number;
  /** Settles when it is over; not yet healed. */
  strike(scene: Scene): Promise<void>;
  /** What it saw, for the report: names and values. */
  findings?(): readonly (readonly [string, string])[];
  /** Takes away what it has set up. */
  end?(): void;
}

/** A whole number from `least` to `most`. */
export function between({ random }: Pick<Scene, 'random'>, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}
