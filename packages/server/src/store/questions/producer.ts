/** The ways by which events of a producer arrive. */
export const PRODUCER_MODES = ['batch', 'event', 'http', 'otlp'] as const;

/** The way by which events of a producer arrive. */
export type ProducerMode = (typeof PRODUCER_MODES)[number];

/** Who sent an append. In batch mode an exporter instance, else all senders with one client id. */
export interface ProducerRef {
  /** Key of the producer row: the exporter's own id, or `event:<client id>`, `http:<client id>`, `otlp:<client id>`. */
  readonly producer: string;
  readonly clientId: string;
  readonly mode: ProducerMode;
  /** Name and version of the client software, where it says so. */
  readonly agent: string | null;
  /** What the application says of itself, where it does. */
  readonly service: ServiceInfo;
}

/** Of an application, in the terms of OpenTelemetry. Of several senders with one key, what was said last. */
export interface ServiceInfo {
  /** `service.version`. */
  readonly version: string | null;
  /** `deployment.environment.name`. */
  readonly environment: string | null;
  /** `service.instance.id`. */
  readonly instanceId: string | null;
}

/** Nothing is known. */
export const NO_SERVICE_INFO: ServiceInfo = Object.freeze({
  version: null,
  environment: null,
  instanceId: null,
});

/** The durable row of a producer. */
export interface ProducerRow extends ProducerRef {
  readonly lastSeq: number;
  /** Milliseconds since the epoch. */
  readonly firstSeen: number;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
  /** Events stored. */
  readonly events: number;
  /** Events refused for good. */
  readonly rejected: number;
}
