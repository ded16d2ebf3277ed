export interface MetricRow {
  readonly name: string;
  /** Events by the type of the value. */
  readonly types: Readonly<Record<string, number>>;
  readonly events: number;
  /** Share of the events that have it. */
  readonly coverage: number;
}

/** `GET /api/custom-metrics`. */
export interface Metrics {
  readonly metrics: readonly MetricRow[];
  readonly total: number;
  readonly events: number;
}

export interface MetricNumbers {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly series: readonly {
    readonly start: string;
    readonly count: number;
    readonly mean: number | null;
    readonly p95: number | null;
  }[];
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

export interface MetricGroup {
  readonly method: string;
  readonly endpoint: string;
  readonly events: number;
  readonly mean: number | null;
  readonly p95: number | null;
  readonly top: { readonly value: string | boolean; readonly count: number } | null;
}

/** `GET /api/custom-metrics/detail`. */
export interface MetricDetail {
  readonly name: string;
  readonly bucket_millis: number;
  readonly events: number;
  readonly coverage: number;
  readonly numbers: MetricNumbers | null;
  readonly shares: readonly { readonly value: string | boolean; readonly count: number }[];
  readonly others?: number;
  readonly groups?: readonly MetricGroup[];
}
