import type { Latency } from './overview.ts';

export interface EndpointRow {
  readonly client_id: string;
  /** `null` where requests of all methods are listed together. */
  readonly method: string | null;
  readonly endpoint: string;
  /** The name was inferred from paths. */
  readonly inferred: boolean;
  readonly requests: number;
  readonly errors: number;
  /** Requests with a status from 400 to 499. */
  readonly client_errors: number;
  readonly share: number;
  readonly latency_ms: Latency;
  /** 0 to 1; `null` without a latency. */
  readonly apdex: number | null;
  /** Of Apdex, and whether it is the endpoint's own. */
  readonly threshold_ms: number;
  readonly own_threshold: boolean;
  readonly sparkline: readonly number[];
}

/** `GET /api/endpoints`. */
export interface Endpoints {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  readonly endpoints: readonly EndpointRow[];
  readonly total: number;
}
