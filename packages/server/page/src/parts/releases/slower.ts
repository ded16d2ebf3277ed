import type { EndpointRow } from '../../answers/endpoints.ts';
import { change } from '../../format.ts';

/** With fewer requests, the slowest one alone makes the p95. */
const LEAST_REQUESTS = 20;

/** An endpoint whose p95 grew, in milliseconds. */
export interface Slower {
  readonly method: string | null;
  readonly endpoint: string;
  readonly before: number;
  readonly after: number;
}

/** The endpoints of an application whose p95 grew by a tenth or more, those that grew most first; of enough requests on both sides. */
export function slowerOf(before: readonly EndpointRow[], after: readonly EndpointRow[]): readonly Slower[] {
  const old = new Map(before.filter(isOfEnough).map((row) => [keyOf(row), row.latency_ms.p95]));
  return after
    .filter(isOfEnough)
    .flatMap((row): Slower[] => {
      const [was, is] = [old.get(keyOf(row)) ?? null, row.latency_ms.p95];
      const grown = change(is, was);
      if (was === null || is === null || grown?.direction !== 'up' || !grown.isLarge) return [];
      return [{ method: row.method, endpoint: row.endpoint, before: was, after: is }];
    })
    .toSorted((a, b) => b.after / b.before - a.after / a.before);
}

function isOfEnough({ requests }: EndpointRow): boolean {
  return requests >= LEAST_REQUESTS;
}

function keyOf({ method, endpoint }: EndpointRow): string {
  return JSON.stringify([method, endpoint]);
}
