/** One that appeared in the range. */
export interface Release {
  readonly client_id: string;
  readonly release: string;
  readonly first_seen: string;
  readonly previous: { readonly release: string; readonly first_seen: string } | null;
}

/** `GET /api/releases`. */
export interface Releases {
  readonly releases: readonly Release[];
  readonly more: boolean;
}
