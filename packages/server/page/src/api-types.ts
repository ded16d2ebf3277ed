/** What the server's read API answers, as far as the page asks; docs/openapi.json describes it, and a test holds both against each other. */

/** Milliseconds. */
export interface Latency {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly clients: number;
  readonly latency_ms: Latency;
}

/** `none`: the request has no status, because it was aborted before. */
export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx' | 'none';

interface Bucket {
  readonly start: string;
  readonly requests: number;
  readonly errors: number;
  readonly by_status: Readonly<Record<StatusClass, number>>;
  readonly latency_ms: Latency;
}

/** Latencies, milliseconds, and how many requests have them. */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
}

/** `GET /api/overview`. */
export interface Overview {
  readonly since: string;
  readonly until: string;
  readonly bucket_millis: number;
  /** Whether percentiles and clients are estimates. */
  readonly estimated: boolean;
  /** `null` where the filter is about more than applications and endpoints. */
  readonly now: { readonly requests_per_second: number | null };
  readonly totals: Totals;
  /** The range of equal length before; `null` where it is not to be compared with. */
  readonly previous: Totals | null;
  readonly not_compared: 'not_kept' | 'few_requests' | null;
  readonly series: readonly Bucket[];
  readonly methods: readonly { readonly method: string; readonly requests: number }[];
  readonly outcomes: readonly { readonly outcome: string | null; readonly requests: number }[];
  readonly status_codes: readonly { readonly status_code: number | null; readonly requests: number }[];
  readonly histogram: readonly HistogramBar[];
}

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

/** `GET /api/clients`. */
export interface Clients {
  readonly clients: readonly {
    readonly source_ip: string;
    readonly requests: number;
    readonly errors: number;
    readonly last_seen: string;
  }[];
  readonly more: boolean;
}

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
  readonly new: boolean;
}

/** `GET /api/consumers`. */
export interface Consumers {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  readonly consumers: readonly ConsumerRow[];
  readonly total: number;
  readonly new: number;
}

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

/** `GET /api/values`. */
export interface Values {
  readonly values: readonly { readonly value: string; readonly requests: number }[];
  readonly more: boolean;
}

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
  readonly events: number;
  readonly coverage: number;
  readonly numbers: MetricNumbers | null;
  readonly shares: readonly { readonly value: string | boolean; readonly count: number }[];
  readonly others?: number;
  readonly groups?: readonly MetricGroup[];
}

/** An event as it was stored. */
export interface StoredEvent {
  readonly id: number;
  readonly client_id: string;
  readonly received_at: string;
  readonly source_ip: string | null;
  readonly endpoint: string;
  readonly method: string;
  readonly custom_data: Readonly<Record<string, unknown>>;
  readonly timestamp?: string;
  readonly status_code?: number;
  readonly latency_ms?: number;
  readonly route?: string;
  readonly outcome?: string;
  readonly user_id?: string;
  readonly user_agent?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly session_id?: string;
  readonly error_type?: string;
  /** True: it came over HTTPS. */
  readonly scheme?: boolean;
  /** Bytes. */
  readonly request_body_size?: number;
  /** Bytes. */
  readonly response_body_size?: number;
  readonly network_protocol_version?: string;
  readonly user_agent_synthetic_type?: string;
  readonly service_version?: string;
  readonly deployment_environment?: string;
  readonly consumer?: string;
  readonly consumer_group?: string;
  readonly consumer_label?: string;
  /** Under what it is listed where it has no route and that is not its path. */
  readonly path_group?: string;
}

/** `GET /api/events/detail`. */
export interface OneEvent {
  readonly event: StoredEvent;
  /** Of the same client, in order of time. */
  readonly before: readonly StoredEvent[];
  readonly after: readonly StoredEvent[];
}

/** `GET /api/events`. */
export interface Events {
  readonly events: readonly StoredEvent[];
  readonly next: string | null;
}

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
