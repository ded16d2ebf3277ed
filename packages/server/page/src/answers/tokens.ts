/** `GET /api/tokens`. */
export interface Tokens {
  readonly tokens: readonly TokenRow[];
}

/** A token, without what makes it one. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly application: string | null;
  readonly created_at: string | null;
  readonly last_used_at: string | null;
}

/** `POST /api/tokens`: the only time that a token is seen. */
export interface NewToken extends TokenRow {
  readonly token: string;
}
