import { hostname } from 'node:os';

import type { NodeReport } from '../store/nodes.ts';
import type { CommitRate } from './commit-rate.ts';
import type { ServerStats } from './counters.ts';
import { VERSION } from './version.ts';

/** Where a report comes from. */
export interface ReportContext {
  readonly port: number;
  readonly stats: () => Pick<ServerStats, 'connections' | 'stored'>;
  readonly rate: Pick<CommitRate, 'perSecond'>;
  /** Why no events are taken at the moment. */
  readonly unready: () => string | undefined;
}

/** What a server says of itself to the others on its database. */
export function nodeReport({ port, stats, rate, unready }: ReportContext): NodeReport {
  const { connections, stored } = stats();
  return {
    name: `${hostname()}:${port}`,
    version: VERSION,
    unready: unready() ?? null,
    connections,
    events: stored,
    eventsPerSecond: rate.perSecond() ?? 0,
  };
}
