/** How a request can end, as the client sees it. */
export const OUTCOMES = ['completed', 'aborted', 'error'] as const;

/** How a request ended, as the client saw it. */
export type Outcome = (typeof OUTCOMES)[number];

/** What asks without being a person or a program that is served. */
export const SYNTHETIC_TYPES = ['bot', 'test'] as const;

/** What asks without being a person or a program that is served. */
export type SyntheticType = (typeof SYNTHETIC_TYPES)[number];

/** One request, validated and without credentials: what a {@link Store} keeps. `null` means "not given". */
export interface CerberusEvent {
  readonly clientId: string;
  /** HMAC-SHA256 of the client address, 64 lower-case hex digits; never an address. */
  readonly sourceIp: string | null;
  /** Request path without the query string, at most 2 KiB. */
  readonly endpoint: string;
  /** `true`: the request came over HTTPS. */
  readonly scheme: boolean | null;
  readonly method: string;
  /** JSON text of an object with the application's metrics. */
  readonly customData: string;
  /** Request start, milliseconds since the epoch. */
  readonly timestamp: number | null;
  readonly statusCode: number | null;
  /** Milliseconds. */
  readonly latencyMs: number | null;
  /** Route template, such as `/users/:id`. */
  readonly route: string | null;
  readonly outcome: Outcome | null;
  readonly userId: string | null;
  readonly userAgent: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly sessionId: string | null;
  /** Share of requests that was recorded, 0 to 1. */
  readonly sampleRate: number | null;
  /** Class of the error, or a status; never a message. */
  readonly errorType: string | null;
  /** Bytes. */
  readonly requestBodySize: number | null;
  /** Bytes. */
  readonly responseBodySize: number | null;
  /** Of HTTP, such as `1.1`. */
  readonly protocolVersion: string | null;
  readonly syntheticType: SyntheticType | null;
  /** `service.version` of what served it. Where an event does not say it, its producer does. */
  readonly release: string | null;
  /** `deployment.environment.name`; likewise. */
  readonly environment: string | null;
  /** Pseudonym of whom the application serves with it: a customer, an organisation, an API key. */
  readonly consumer: string | null;
  /** What that belongs to, such as a plan; as it was given. */
  readonly consumerGroup: string | null;
  /** What people call it; as it was given. */
  readonly consumerLabel: string | null;
  /**
   * Under what it is listed where it has no route, see `path-group.ts`. `null`: it has one, or was stored before there were
   * such names, and is listed under its path.
   */
  readonly pathGroup: string | null;
}

/** An event as the store returns it. */
export interface StoredEvent extends CerberusEvent {
  /** Of no other event. Grows with the order of the events of an append; of two appends nothing follows from it. */
  readonly id: number;
  /** When the server received it, milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** The instant by which an event is ordered and filtered: the client's time, or the server's where there is none. */
export function eventTime(event: Pick<StoredEvent, 'timestamp' | 'receivedAt'>): number {
  return event.timestamp ?? event.receivedAt;
}

/** Whether an event counts as an error. */
export function isError({ outcome, statusCode }: Pick<CerberusEvent, 'outcome' | 'statusCode'>): boolean {
  return outcome === null ? (statusCode ?? 0) >= 500 : outcome === 'error';
}

/** The name under which an event's endpoint is listed. */
export function endpointName({
  route,
  pathGroup,
  endpoint,
}: Pick<CerberusEvent, 'route' | 'pathGroup' | 'endpoint'>): string {
  return route ?? pathGroup ?? endpoint;
}
