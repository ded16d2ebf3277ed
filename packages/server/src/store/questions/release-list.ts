/** Which releases appeared in a range; milliseconds since the epoch, half-open. */
export interface ReleasesQuery {
  readonly since: number;
  readonly until: number;
  /** Of this application. */
  readonly clientId?: string | undefined;
  /** Only this one. */
  readonly version?: string | undefined;
  readonly limit: number;
}

/** A release of an application, and when it was first seen. */
export interface Release {
  readonly clientId: string;
  /** `service.version`. */
  readonly version: string;
  /** The first time of the first events that said so, milliseconds since the epoch. */
  readonly firstSeen: number;
}

/** One that appeared in a range. */
export interface NewRelease extends Release {
  /** The release of the application that appeared before it. */
  readonly previous: Pick<Release, 'version' | 'firstSeen'> | null;
}

/** So many of an application are remembered, the newest: who makes up a version for each request must not fill a table. */
export const MAX_RELEASES = 1000;
