import { AGENT_SINKS, type Agent, type Framework } from '../application/names.ts';
import type { SinkKind } from '../sinks/kinds.ts';

/** What is measured with each framework, from nothing to everything, so that neighbours are compared. */
export const OURS: readonly Agent[] = ['bare', 'stand-alone', 'light', 'cerberus', 'otel', 'otlp'];

/** Of other makers, with Express. */
const OTHERS: readonly Agent[] = ['sentry', 'dd-trace', 'elastic-apm-node', 'newrelic', 'apitally', 'moesif'];

export function agentsOf(framework: Framework): readonly Agent[] {
  return framework === 'Express' ? [...OURS, ...OTHERS] : OURS;
}

/** Sinks that tell how many requests they were told of. */
const COUNTING: ReadonlySet<SinkKind> = new Set<SinkKind>(['cerberus-batch', 'otlp-servers']);

/** The sink of an agent, and whether what arrives there is counted. */
export function sinkOf(agent: Agent): { readonly kind: SinkKind; readonly isCounting: boolean } | undefined {
  const known = AGENT_SINKS[agent];
  if (known === undefined) return undefined;
  const kind = known === 'otlp-proto' ? 'otlp-servers' : known;
  return { kind, isCounting: COUNTING.has(kind) };
}
