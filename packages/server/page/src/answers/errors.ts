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
