import type { AddressSource } from './addresses/span-address.ts';
import type { TrustProxy } from './addresses/trusted-proxies.ts';
import type { Log } from './log.ts';
import type { Store } from './store/store.ts';

/**
 * Options of {@link startServer}. Each but a `store` of your own and `log` may also come from the environment: `CERBERUS_SERVER_`
 * and the name in upper snake case (`CERBERUS_SERVER_PORT`); the option wins over the variable.
 */
export interface ServerOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** TCP port, 0 for a free one. Default 8765. */
  readonly port?: number | undefined;
  /** Path of the DuckDB file, or `:memory:` to keep nothing. Default `./cerberus.duckdb`. */
  readonly db?: string | undefined;
  /**
   * Instead of `db`: a PostgreSQL database that several servers share, as `postgres://user@host1,host2/database` (of its hosts, the one
   * that takes writes), or, in code, a store of your own, which the server closes.
   */
  readonly store?: Store | string | undefined;
  /** The server's own token, which does everything. Default: generated once, kept in `<db>.token`. */
  readonly token?: string | undefined;
  /** Key for hashing addresses, given out to clients. Default: generated once, kept in `<db>.secret-key`. */
  readonly secretKey?: string | undefined;
  /**
   * When a new key is made up in the place of the old one, which is destroyed: each midnight, Monday or first of a month
   * (UTC). Only for a key that was made up. Default `off`.
   */
  readonly rotateKey?: KeyRotation | undefined;
  /**
   * False opens the page and the read API, but not the secret key, to everybody on this machine, and to whoever is served by a
   * proxy on it that does not say that it is one. Only in code, only on a loopback `host`, and only with a `token` that was
   * made up. Default true.
   */
  readonly signIn?: boolean | undefined;
  /**
   * Path of a PEM file with the certificate, and those that vouch for it, to speak TLS (1.2 or later); with a `tlsKey`. Both files are
   * read again when they change. Default: no TLS.
   */
  readonly tlsCert?: string | undefined;
  /** Path of a PEM file with the certificate's private key. */
  readonly tlsKey?: string | undefined;
  /** Path of a JSON file with rules of alerts and where their messages go, which the page shows and does not change. Default: no file. */
  readonly alerts?: string | undefined;
  /** Where a trace can be looked at: an http(s) URL with `{trace_id}` in it. Default: nowhere. */
  readonly traceUrlTemplate?: string | undefined;
  /** The address of the page as others reach it, such as `https://cerberus.example`; messages of alerts have links to it. Default: none. */
  readonly publicUrl?: string | undefined;
  /**
   * Which proxies may say, in `X-Forwarded-For`, whose limits a request counts against: a number of hops, or addresses,
   * networks (CIDR) and `loopback`, `linklocal`, `uniquelocal`. Default false: those of the socket's peer.
   */
  readonly trustProxy?: TrustProxy | undefined;
  /**
   * Which proxies in front of the applications that send OTLP may say, in an `X-Forwarded-For` that is on their spans, whose a request is:
   * as `trustProxy`. Default false: the connection's other end is the client.
   */
  readonly otlpTrustProxy?: TrustProxy | undefined;
  /**
   * `client` also takes `client.address` of a span, which clients can write where no proxy of yours overwrites `X-Forwarded-For`.
   * Default `peer`.
   */
  readonly otlpAddress?: AddressSource | undefined;
  /** DuckDB's memory limit. Default `512MB`. */
  readonly memoryLimit?: string | undefined;
  /** DuckDB's threads while questions are asked; storing takes one. Default 2. */
  readonly threads?: number | undefined;
  /** Questions of readers that wait or are being answered; above, 503. Default 64. */
  readonly maxQuestions?: number | undefined;
  /** Milliseconds in which a question must be answered, waiting included; after, 503. Default 30,000. */
  readonly questionTimeoutMillis?: number | undefined;
  /** Open WebSocket connections. Default 1,000. */
  readonly maxConnections?: number | undefined;
  /** Open WebSocket connections from one address. Default 1,000: behind a proxy all clients have the proxy's. */
  readonly maxConnectionsPerAddress?: number | undefined;
  /** Beside these, open WebSocket connections that have not shown the token yet. Default 100. */
  readonly maxUnauthenticatedConnections?: number | undefined;
  /** Open TCP connections whose last request had the token or a session, beside WebSocket; one that is idle gives way. Default 256. */
  readonly maxHttpConnections?: number | undefined;
  /** Those whose last request had neither; the one idle for longest gives way. Default 256. */
  readonly maxUnauthenticatedHttpConnections?: number | undefined;
  /** Bytes of a WebSocket message, inflated. Default 1,048,576. */
  readonly maxFrameBytes?: number | undefined;
  /** Frames that a batch-mode client may have unacknowledged. Default 64. */
  readonly maxInFlightFrames?: number | undefined;
  /** Messages of an event-mode connection that wait for their answer before reading stops. Default 1,024. */
  readonly maxInFlightEvents?: number | undefined;
  /** Bytes of all clients that wait for their commit before clients are throttled. Default 67,108,864. */
  readonly maxPendingBytes?: number | undefined;
  /** Events of all clients that wait for their commit before clients are throttled. Default 100,000. */
  readonly maxPendingEvents?: number | undefined;
  /** Bytes of an HTTP ingest request. Default 8,388,608. */
  readonly maxIngestBytes?: number | undefined;
  /** Bytes of an OTLP request, as it was sent and inflated. Default 20,971,520. */
  readonly maxOtlpBytes?: number | undefined;
  /** Age of a request when its event arrives, days; above, the time of arrival is stored. Default 30. */
  readonly maxEventAgeDays?: number | undefined;
  /** Milliseconds that a request may begin ahead of its arrival; above, the time of arrival is stored. Default 3,600,000. */
  readonly maxEventAheadMillis?: number | undefined;
  /** Days for which events are kept. Default 30. */
  readonly retentionDays?: number | undefined;
  /** Bytes of the database above which the oldest events are deleted. Default 0: no limit. */
  readonly maxDbBytes?: number | undefined;
  /** Milliseconds that a throttled client waits. Default 1,000. */
  readonly throttleMillis?: number | undefined;
  /** Milliseconds in which a batch-mode client must say hello. Default 10,000. */
  readonly helloTimeoutMillis?: number | undefined;
  /** Milliseconds in which an event-mode client that connected without the token must send it. Default 60,000. */
  readonly firstEventTimeoutMillis?: number | undefined;
  /** Milliseconds in which a client must have sent its HTTP request, upgrade included. Default 10,000. */
  readonly requestTimeoutMillis?: number | undefined;
  /** Milliseconds between pings; a connection silent for two of them is ended. Default 15,000. */
  readonly pingIntervalMillis?: number | undefined;
  /** Milliseconds that `close()` gives connections to end. Default 5,000. */
  readonly shutdownTimeoutMillis?: number | undefined;
  /** Receives one line per change of state. Default: none. */
  readonly log?: Log | undefined;
}

/** How often the key of the address hash may change by itself. */
export const KEY_ROTATIONS = ['off', 'daily', 'weekly', 'monthly'] as const;

/** When the key of the address hash changes by itself. */
export type KeyRotation = (typeof KEY_ROTATIONS)[number];
