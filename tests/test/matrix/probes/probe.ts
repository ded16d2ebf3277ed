import type { Outcome } from '@cerberus-otel/exporter-ws';

/** What the event of a request has to say. */
export interface ExpectedEvent {
  readonly endpoint: string;
  readonly method: string;
  /** Undefined where the client hung up before there was one, and for gRPC. */
  readonly status?: number;
  /** Milliseconds that it took at least; 0 when left out. */
  readonly latency?: number;
  readonly outcome: Outcome;
  /** Undefined where there is no route to name. */
  readonly route?: string;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Metrics that may be there too. */
  readonly optionalMetrics?: Readonly<Record<string, unknown>>;
  /** The address that is hashed; null for a kind of request that has none. */
  readonly address: string | null;
}

/** One request, and what has to be stored of it. */
export interface Probe {
  readonly name: string;
  /** Path and query. */
  readonly target: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The client's own address. */
  readonly from?: '127.0.0.1' | '127.0.0.2' | '::1';
  /** When the client hangs up: before the response, or after the first bytes of it. */
  readonly hangUp?: 'before response' | 'within response';
  /** Flags of the `traceparent` that it sends; `none` for no such header. */
  readonly flags?: '00' | '01' | 'none';
  /** Sent on one connection with the probe before it, without waiting for its response. */
  readonly pipelined?: boolean;
  readonly expected: ExpectedEvent;
}

/** What a run sets in the environment of the application. */
export interface Options {
  /** Addresses whose `X-Forwarded-For` counts. */
  readonly trustProxy: '127.0.0.2' | undefined;
  readonly record: 'server' | 'request';
}

/** Text that no event may contain. */
export const CANARIES = ['canary', '203.0.113.77', '127.0.0.', '::1'];

export const CANARY_HEADERS = { cookie: 'session=canary-cookie', 'x-canary': 'canary-header' };
