/** What is needed of an event. */
export interface MeasuredRequest {
  readonly method: string;
  readonly route?: string;
  readonly latency_ms?: number;
  readonly outcome?: string;
}

/** One endpoint's row. */
export interface EndpointRow {
  readonly method: string;
  /** The route's template; null for requests that none matched. */
  readonly route: string | null;
  readonly requests: number;
  readonly errors: number;
  readonly aborted: number;
  /** Milliseconds; null without a measured request. */
  readonly p50: number | null;
  readonly p95: number | null;
}

interface Figures {
  readonly method: string;
  readonly route: string | null;
  requests: number;
  errors: number;
  aborted: number;
  readonly latencies: number[];
}

/** Counts and latencies by method and route. */
export class EndpointFigures {
  readonly #figures = new Map<string, Figures>();

  add({ method, route = '', latency_ms: latency, outcome }: MeasuredRequest): void {
    const figures = this.#of(method, route === '' ? null : route);
    figures.requests += 1;
    if (outcome === 'error') figures.errors += 1;
    if (outcome === 'aborted') figures.aborted += 1;
    if (latency !== undefined) figures.latencies.push(latency);
  }

  /** The busiest first; what no route matched last. */
  rows(): readonly EndpointRow[] {
    return [...this.#figures.values()]
      .map(rowOf)
      .sort((a, b) => Number(a.route === null) - Number(b.route === null) || b.requests - a.requests);
  }

  #of(method: string, route: string | null): Figures {
    const key = `${method} ${route ?? ''}`;
    const known = this.#figures.get(key);
    if (known !== undefined) return known;
    const figures: Figures = { method, route, requests: 0, errors: 0, aborted: 0, latencies: [] };
    this.#figures.set(key, figures);
    return figures;
  }
}

function rowOf({ method, route, requests, errors, aborted, latencies }: Figures): EndpointRow {
  const sorted = Float64Array.from(latencies).sort();
  return {
    method,
    route,
    requests,
    errors,
    aborted,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
  };
}

/** The nearest rank: a value that was measured. */
function quantile(sorted: Float64Array, q: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? null;
}
