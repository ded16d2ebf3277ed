/** What a share link shows: the names are those of the page's address, and null is what is not said. */
export interface SharedView {
  readonly id: string;
  readonly view: string;
  readonly range: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly client_id: string | null;
  readonly method: string | null;
  readonly endpoint: string | null;
  /** Words of the filter. */
  readonly filter: Readonly<Record<string, string>>;
  readonly metric: string | null;
  readonly sort: string;
  /** Whether single requests and clients are shown. */
  readonly details: boolean;
  readonly expires_at: string;
}

/** `GET /api/shares`. */
export interface Shares {
  readonly shares: readonly ShareRow[];
}

/** A link, without what makes it one. */
export interface ShareRow extends SharedView {
  readonly created_at: string;
}

/** `POST /api/shares`: the only time that the secret is seen. */
export interface NewShare extends ShareRow {
  readonly secret: string;
}
