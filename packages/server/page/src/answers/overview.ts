/** Milliseconds. */
export interface Latency {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly clients: number;
  readonly latency_ms: Latency;
}

/** `none`: the request has no status, because it was aborted before. */
export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx' | 'none';

interface Bucket {
  readonly start: string;
  readonly requests: number;
  readonly errors: number;
  readonly by_status: Readonly<Record<StatusClass, number>>;
  readonly latency_ms: Latency;
}

/** Latencies, milliseconds, and how many requests have them. */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
}

/** `GET /api/overview`. */
export interface Overview {
  readonly since: string;
  readonly until: string;
  readonly bucket_millis: number;
  /** Whether percentiles and clients are estimates. */
  readonly estimated: boolean;
  /** `null` where the filter is about more than applications and endpoints. */
  readonly now: { readonly requests_per_second: number | null };
  readonly totals: Totals;
  /** The range of equal length before; `null` where it is not to be compared with. */
  readonly previous: Totals | null;
  readonly not_compared: 'not_kept' | 'few_requests' | null;
  readonly series: readonly Bucket[];
  readonly methods: readonly { readonly method: string; readonly requests: number }[];
  readonly outcomes: readonly { readonly outcome: string | null; readonly requests: number }[];
  readonly status_codes: readonly { readonly status_code: number | null; readonly requests: number }[];
  readonly histogram: readonly HistogramBar[];
}
