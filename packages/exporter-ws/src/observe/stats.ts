/** Why an event was not accepted. */
export type RefusalReason = 'queue_full' | 'shutdown' | 'invalid';
/**
 * Why an event was given up after it had been accepted. `exit`: the process ended before it was acknowledged; most of
 * these were sent, and nobody was left to hear of it.
 */
export type DropReason = 'shutdown_timeout' | 'too_large' | 'poison' | 'spool_lost' | 'exit';

/** Where the exporter stands. `suspended`: waiting long because the backend refuses it. */
export type ExporterState = 'idle' | 'connecting' | 'ready' | 'backoff' | 'suspended' | 'closed';

/**
 * Counts since construction, in events unless said otherwise. At every instant
 * `accepted = acked + rejected + Σ dropped + queued + inFlight + spooled.events`.
 */
export interface ExporterStats {
  /** Taken into the queue or the spool, or taken over from the spool of a process that is gone. */
  readonly accepted: number;
  /** Stored by the backend, by its own word (with `acks: 'none'`: taken by the socket). */
  readonly acked: number;
  /** Refused by the backend for good. */
  readonly rejected: number;
  /** Never accepted. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Given up after acceptance. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Spans that are no HTTP request or to be ignored, and spans that came twice. */
  readonly skipped: number;
  /** Waiting to be sent, the first time or again. */
  readonly queued: number;
  /** Sent on the present connection, not acknowledged. */
  readonly inFlight: number;
  /** On disk (`spoolDir`) or on their way there, and not read back; after a shutdown also what was left in memory. */
  readonly spooled: { readonly events: number; readonly bytes: number };
  /** Events without a pseudonymous address. */
  readonly withoutSourceIp: number;
  /** Custom metrics left out (count of metrics): not of a metric's type, forbidden key, over a limit. */
  readonly metricsDropped: number;
  /** Values of custom metrics that were shortened (count of metrics). */
  readonly valuesCut: number;
  /** Messages of the backend that the protocol does not foresee (count of messages). */
  readonly unexpectedMessages: number;
  /** Bytes of messages handed to the socket, before framing and TLS. */
  readonly bytesSent: number;
  /** Connections that became ready after the first. */
  readonly reconnects: number;
  /** The protocol of the present or latest ready connection. */
  readonly mode: 'batch' | 'event' | null;
  readonly state: ExporterState;
  /** Why the latest connection ended or never came to be; null once something was acknowledged after it. */
  readonly lastFailure: string | null;
}

/** The counters behind `ExporterStats`; mutable, owned by the exporter. */
export class Tally {
  accepted = 0;
  acked = 0;
  rejected = 0;
  readonly refused: Record<RefusalReason, number> = { queue_full: 0, shutdown: 0, invalid: 0 };
  readonly dropped: Record<DropReason, number> = {
    shutdown_timeout: 0,
    too_large: 0,
    poison: 0,
    spool_lost: 0,
    exit: 0,
  };
  skipped = 0;
  withoutSourceIp = 0;
  metricsDropped = 0;
  valuesCut = 0;
  unexpectedMessages = 0;
  bytesSent = 0;
  readyConnections = 0;

  /** Accepted events whose fate is known: in the order of acceptance, but for those in quarantine. */
  get settled(): number {
    const { shutdown_timeout: late, too_large: tooLarge, poison, spool_lost: lost, exit } = this.dropped;
    return this.acked + this.rejected + late + tooLarge + poison + lost + exit;
  }
}
