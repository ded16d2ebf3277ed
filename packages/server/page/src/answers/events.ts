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
