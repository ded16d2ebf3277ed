import type { SharedView } from './shares.ts';

/** `GET /api/session`. */
export interface Session {
  /** False: the server asks nobody to sign in. */
  readonly sign_in: boolean;
  /** Whether tokens may be managed. */
  readonly admin: boolean;
  /** When the key of the clients' pseudonyms changes: `off`, `daily`, `weekly` or `monthly`. */
  readonly rotate_key: string;
  readonly trace_url_template: string | null;
  /** What the page was opened with; left out for whoever is signed in. */
  readonly share?: SharedView;
}
