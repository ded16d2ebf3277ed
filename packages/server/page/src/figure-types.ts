/** What the server answers about latencies and errors; docs/server.md describes it. */

import type { HistogramBar } from './api-types.ts';

/** `GET /api/latency`. */
export interface LatencySpread {
  readonly since: string;
  readonly until: string;
  readonly bucket_millis: number;
  readonly apdex: {
    readonly threshold_ms: number;
    /** That of the endpoint; `null` where it has none, or where it is not about one. */
    readonly own_threshold_ms: number | null;
    readonly score: number | null;
    readonly satisfied: number;
    readonly tolerating: number;
    readonly frustrated: number;
  };
  readonly bins: readonly HistogramBar[];
  /** For each bucket of time, how many requests lie in which bin. */
  readonly heat: readonly { readonly start: string; readonly requests: readonly number[] }[];
}

/** `GET /api/week`. */
export interface Week {
  readonly hours: readonly {
    /** 1 is Monday. */
    readonly weekday: number;
    readonly hour: number;
    readonly requests: number;
    readonly p50: number | null;
    readonly p95: number | null;
  }[];
}

/** Failed requests that are alike. */
export interface ErrorRow {
  readonly client_id: string;
  readonly method: string | null;
  readonly endpoint: string;
  readonly error_type: string | null;
  readonly status_code: number | null;
  readonly requests: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly sparkline: readonly number[];
}

/** `GET /api/errors`. */
export interface Errors {
  readonly errors: readonly ErrorRow[];
  readonly total: number;
  readonly requests: number;
}
