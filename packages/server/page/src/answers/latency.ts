import type { HistogramBar } from './overview.ts';

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
    /** The longest latencies that were counted as such, milliseconds. */
    readonly satisfied_to_ms: number;
    readonly tolerating_to_ms: number;
  };
  readonly bins: readonly HistogramBar[];
  /** For each bucket of time, how many requests lie in which bin. */
  readonly heat: readonly { readonly start: string; readonly requests: readonly number[] }[];
}

/** `GET /api/week`. */
export interface Week {
  readonly time_zone: string;
  readonly hours: readonly {
    /** 1 is Monday. */
    readonly weekday: number;
    readonly hour: number;
    readonly requests: number;
    readonly p50: number | null;
    readonly p95: number | null;
  }[];
}
