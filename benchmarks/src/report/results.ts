import type { ApplicationResults } from '../application/part.ts';
import type { CaptureResults } from '../capture/part.ts';
import type { ClusterResults } from '../cluster/part.ts';
import type { ExporterResults } from '../exporter/part.ts';
import type { Growth } from '../growth/part.ts';
import type { Machine } from '../harness/machine.ts';
import type { AddedCpu } from '../life-cycle/part.ts';
import type { OutageResult } from '../outage/part.ts';
import type { ServerResults } from '../server/part.ts';
import type { StartUp } from '../start-up/part.ts';

/** Everything that one run measured; parts that were not run are absent. */
export interface Results {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly quick: boolean;
  readonly rounds: number;
  readonly exporters?: ExporterResults;
  readonly lifeCycle?: readonly AddedCpu[];
  readonly applications?: ApplicationResults;
  readonly growth?: readonly Growth[];
  readonly server?: ServerResults;
  readonly outage?: readonly OutageResult[];
  readonly startUp?: readonly StartUp[];
  readonly cluster?: ClusterResults;
  readonly capture?: CaptureResults;
}

/** As JSON, maps as objects: every round, so that anybody can compute something else from them. */
export function toJson(results: Results): string {
  return `${JSON.stringify(results, plain, 1)}\n`;
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(5)) : value;
}
