export interface Source {
  readonly client_id: string;
  readonly agent: string | null;
  readonly service_version: string | null;
  readonly deployment_environment: string | null;
  readonly service_instance_id: string | null;
  readonly mode: 'batch' | 'event' | 'http' | 'otlp';
  readonly producer: string | null;
  readonly last_seq: number | null;
  readonly events: number;
  readonly rejected: number;
  readonly throttled: number;
  readonly connected: boolean;
  readonly since: string;
  readonly last_seen: string;
}

/** All that sends under one client id. */
export interface Application {
  readonly client_id: string;
  readonly producers: number;
  readonly connected: number;
  readonly modes: readonly Source['mode'][];
  readonly service_version: string | null;
  readonly events: number;
  readonly rejected: number;
  readonly last_seen: string;
  readonly silent_millis: number;
  /** Null while it is not silent. */
  readonly silent_since: string | null;
}

/** `GET /api/sources`. */
export interface Sources {
  readonly applications: readonly Application[];
  readonly applications_total: number;
  readonly sources: readonly Source[];
  readonly sources_total: number;
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
  readonly client_ids: readonly string[];
  readonly client_ids_total: number;
}

/** A server of several on one database. */
export interface NodeRow {
  readonly name: string;
  /** Whether it is the one that answered. */
  readonly this: boolean;
  readonly version: string;
  readonly state: 'ready' | 'unready' | 'silent' | 'stopped';
  /** Why it takes no events. */
  readonly unready: string | null;
  readonly connections: number;
  readonly events: number;
  readonly events_per_second: number;
  readonly since: string;
  readonly last_seen: string;
  /** Since then, by the clock that told when. */
  readonly silent_millis: number;
}

/** `GET /api/nodes`. */
export interface Nodes {
  /** Of the server that answered. */
  readonly version: string;
  readonly nodes: readonly NodeRow[];
  readonly total: number;
  readonly aggregates_behind_millis: number | null;
}
