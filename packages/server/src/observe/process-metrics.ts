import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * What Prometheus expects to know of each process, with prom-client's names: `process_*` and `nodejs_*`. One for all servers of the process,
 * made when somebody first asks, since a timer and an observer of garbage collections belong to it.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
