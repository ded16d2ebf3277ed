/** By what requests are told apart by whom they are for. */
export type ConsumerKind = 'consumer' | 'group' | 'client';

/** What consumers are ordered by. */
export type ConsumerSort =
  | 'requests'
  | 'errors'
  | 'error_rate'
  | 'p95'
  | 'endpoints'
  | 'first_seen'
  | 'last_seen';

export interface ConsumerRow {
  /** As the filter takes it. */
  readonly value: string;
  readonly label: string | null;
  readonly group: string | null;
  readonly requests: number;
  readonly errors: number;
  readonly latency_ms: { readonly p95: number | null };
  readonly endpoints: number;
  readonly first_seen: string;
  readonly last_seen: string;
  /** Null where nobody knows, for the range before was not kept. */
  readonly new: boolean | null;
}

/** `GET /api/consumers`. */
export interface Consumers {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  readonly consumers: readonly ConsumerRow[];
  readonly total: number;
  /** As of each. */
  readonly new: number | null;
}
