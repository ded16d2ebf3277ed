/** The ways by which events of a producer arrive. */
export const PRODUCER_MODES = ['batch', 'event', 'http'] as const;

/** The way by which events of a producer arrive. */
export type ProducerMode = (typeof PRODUCER_MODES)[number];

/** Who sent an append. In batch mode an exporter instance, else all senders with one client id. */
export interface ProducerRef {
  /** Key of the producer row: the exporter's own id, or `event:<client id>`, `http:<client id>`. */
  readonly producer: string;
  readonly clientId: string;
  readonly mode: ProducerMode;
  /** Name and version of the client software, where it says so. */
  readonly agent: string | null;
}

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
