import { renewSecretKey, resolveCredentials, type TokenOrigin } from './access/credentials.ts';
import { afterDelay, Doorkeeper } from './access/doorkeeper.ts';
import { openAccess, type OpenAccess } from './access/open-access.ts';
import { GuessExchange } from './access/guess-exchange.ts';
import { GuessLimit } from './access/guess-limit.ts';
import { RotatingKey } from './access/rotating-key.ts';
import { createClientAddress } from './addresses/client-address.ts';
import type { AlertFile } from './alerts/alert-file.ts';
import { readDocuments } from './api/documents.ts';
import { createSpanAddress } from './addresses/span-address.ts';
import { KeptThresholds } from './api/apdex/kept-thresholds.ts';
import { LiveFeed } from './api/live-feed.ts';
import { LiveStreams } from './api/live-streams.ts';
import { crowded, keptFirst, respond, unlessRefused } from './api/respond.ts';
import { createDispatch } from './api/routes.ts';
import { resolveConfig, type Environment, type ServerConfig, type ServerOptions } from './config.ts';
import { createEndpoint } from './create-endpoint.ts';
import type { CerberusServerError } from './errors.ts';
import { checkGiven, unknownVariables } from './given-options.ts';
import { CertificateWatch } from './http/certificate-watch.ts';
import { readCertificate, type Certificate } from './http/certificate.ts';
import { HttpConnections } from './http/connections.ts';
import {
  authorityOf,
  createHttpServer,
  listen,
  renewCertificate,
  type HttpServer,
} from './http/listening.ts';
import { createPageReply } from './http/page-files.ts';
import type { Log } from './log.ts';
import { CommitRate } from './observe/commit-rate.ts';
import { Counters, type ServerStats } from './observe/counters.ts';
import { ServerMetrics } from './observe/metrics.ts';
import { nodeReport } from './observe/node-report.ts';
import { alertFileOf, alertsOf } from './open-alerts.ts';
import { openStore } from './open-store.ts';
import { PRESENTABLE } from './presentable.ts';
import { CLOSE } from './receive/close-codes.ts';
import { SpanEvents } from './receive/otlp/span-events.ts';
import { SpanWindow } from './receive/otlp/span-window.ts';
import { ProducerRegistry } from './receive/producer-registry.ts';
import { Receiver } from './receive/receiver.ts';
import { WEBSOCKET_PATH, type WebSocketEndpoint } from './receive/websocket-endpoint.ts';
import { SYSTEM_CLOCK, startForgetting } from './store/forgetting.ts';
import { startRetention } from './store/retention.ts';
import type { Store } from './store/store.ts';

/** So long a failover may take before exporters are sent to other servers of the same database. */
const SEND_AWAY_AFTER_MILLIS = 15_000;

/** A running server. */
export interface CerberusServer {
  /** Base of the HTTP endpoints, such as `http://127.0.0.1:8765`; with TLS, under a name that its certificate has. */
  readonly url: string;
  /** Where exporters connect: `ws://127.0.0.1:8765/ws/events`. */
  readonly wsUrl: string;
  readonly port: number;
  /** The API token, given or generated. `inspect` and JSON do not show it. */
  readonly token: string;
  /** Where the token is from. */
  readonly tokenOrigin: TokenOrigin;
  /** The key for hashing addresses, given or generated, as it was at the start. `inspect` and JSON do not show it. */
  readonly secretKey: string;
  /** What the server has done since it started. */
  readonly stats: () => ServerStats;
  /**
   * Stops: answers what was received, closes connections with 1001, stores what waits, closes the database. Idempotent;
   * afterwards nothing of the server keeps the process alive.
   */
  readonly close: () => Promise<void>;
  /**
   * Resolves with the reason when the database had to be opened again, which a server does by itself, and could not be for
   * five minutes. Until then, and afterwards, nothing is acknowledged and attempts go on; the command ends with 1.
   */
  readonly failed: Promise<CerberusServerError>;
}

/**
 * Starts a server. It installs no signal handlers and prints nothing.
 *
 * @throws CerberusServerError (as a rejection) `INVALID_OPTION`, `PORT_IN_USE`, `LISTEN_FAILED`, `DB_LOCKED`,
 *   `DB_CORRUPT`, `DB_SCHEMA`, `DB_UNAVAILABLE` or `CREDENTIALS_FILE`
 */
export async function startServer(options: ServerOptions = {}): Promise<CerberusServer> {
  checkGiven(options);
  return startServerIn(process.env, options);
}

/** As {@link startServer}, with another environment to read options from. */
export async function startServerIn(env: Environment, options: ServerOptions): Promise<CerberusServer> {
  const config = resolveConfig(options, env);
  const log = options.log ?? ((): void => undefined);
  for (const name of unknownVariables(env))
    log('warn', `${JSON.stringify(name)} in the environment is no option of the server: it changes nothing`);
  const certificate = await readCertificate(config);
  const alertFile = alertFileOf(config, env);
  let tell: ((error: CerberusServerError) => void) | undefined;
  const failed = new Promise<CerberusServerError>((resolve) => {
    tell = resolve;
  });
  const given = typeof options.store === 'object' ? options.store : undefined;
  const store = given ?? (await openStore(config, log, (error) => tell?.(error)));
  try {
    return {
      ...(await serve({ config, certificate, alertFile, store, ownStore: given !== undefined, log })),
      failed,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What a server is made of. */
interface Parts {
  readonly config: ServerConfig;
  readonly certificate: Certificate | undefined;
  readonly alertFile: AlertFile;
  readonly store: Store;
  /** It was given in code. */
  readonly ownStore: boolean;
  readonly log: Log;
}

async function serve(parts: Parts): Promise<Omit<CerberusServer, 'failed'>> {
  const { config, certificate, alertFile, store, ownStore, log } = parts;
  const hasNoFile = ownStore || config.store !== undefined || config.db === ':memory:';
  const db = hasNoFile ? undefined : config.db;
  // After the database is locked: two servers that start at once must not both make up a token.
  const { token, tokenOrigin, secretKey } = resolveCredentials({ ...config, db });
  const counters = new Counters();
  const metrics = new ServerMetrics();
  const sendAwayAfterMillis = config.store === undefined ? Infinity : SEND_AWAY_AFTER_MILLIS;
  const receiver = new Receiver(store, counters, metrics, { ...config, sendAwayAfterMillis }, log);
  const { records } = store;
  const access = await openAccess({ token, signIn: config.signIn, db, records, log });
  const { tokens, shares } = access;
  const key = new RotatingKey({
    initial: secretKey,
    rotation: config.rotateKey,
    renew: () => renewSecretKey(db),
    path: db === undefined ? undefined : `${db}.key-changed`,
    log,
  });
  const registry = new ProducerRegistry();
  const guessLimit = new GuessLimit();
  if (records !== undefined) new GuessExchange(records.guesses, guessLimit, token).start();
  const door = new Doorkeeper(access, guessLimit, createClientAddress(config.trustProxy));
  const endpoint = createEndpoint(config, receiver, registry, tokens, door);
  const stats = (): ServerStats => counters.snapshot({ ...endpoint.counts, pending: store.pending() });
  const alerts = alertsOf(config, alertFile, store, token, log);
  metrics.read({
    stats,
    healthy: () => receiver.healthy,
    certificateEnd: () => watch?.notAfterMillis,
    alerts: alerts.counts,
  });
  const rate = new CommitRate();
  const feed = new LiveFeed((listener) => store.watch(listener), config.pingIntervalMillis);
  store.onCommit((events, { durationMillis }) => {
    metrics.committed(durationMillis);
    rate.add(events);
  });
  const live = new LiveStreams(feed, access, (socket) => plain.release(socket));
  const routes = createDispatch({
    receiver,
    tokens,
    maxIngestBytes: config.maxIngestBytes,
    maxOtlpBytes: config.maxOtlpBytes,
    spanEvents: new SpanEvents({
      addressOf: createSpanAddress(config.otlpTrustProxy, config.otlpAddress),
      secretKey: () => key.current,
      validate: (value, clientId) => receiver.validate(value, clientId),
    }),
    spanWindow: new SpanWindow(),
    reader: store,
    archive: store.archive,
    nodes: store.nodes,
    rate: store.rate ?? rate,
    secretKey: () => key.current,
    rotateKey: config.rotateKey,
    healthy: () => receiver.healthy,
    metrics,
    access,
    shares,
    thresholds: new KeptThresholds(store.documents),
    alerts,
    door,
    live,
    page: createPageReply(),
    documents: readDocuments(),
    traceUrlTemplate: config.traceUrlTemplate,
  });
  const dispatch = keptFirst(routes, access.settled);
  const http = createHttpServer(config, certificate);
  const watch =
    certificate === undefined
      ? undefined
      : new CertificateWatch({
          files: config,
          initial: certificate,
          renew: (renewed) => renewCertificate(http, renewed),
          log,
        });
  const plain = new HttpConnections(http, config, () => {
    counters.refused('too_many_connections');
  });
  http.on('request', (request, response) => {
    access.afterNews(request, () => {
      const entry = door.enter(request);
      const isServed = plain.began(request, response, entry.isKnown);
      const answer = isServed ? unlessRefused(entry, dispatch, counters) : crowded;
      afterDelay(entry, () => respond(request, response, answer, log));
    });
  });
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    access.afterNews(request, () => {
      const entry = door.enter(request, true);
      // A stranger waits among those that are no WebSocket connections.
      if (entry.isKnown) plain.release(socket);
      afterDelay(entry, () => {
        if (socket.destroyed) return;
        plain.release(socket);
        endpoint.upgrade(request, socket, head, entry.refusedSeconds);
      });
    });
  });
  const port = await listen(http, config);
  const authority = authorityOf(config.host, port, certificate);
  const secure = certificate === undefined ? '' : 's';
  log('info', `listening on ${authority}`);
  store.nodes?.announce(() => nodeReport({ port, stats, rate, unready: () => receiver.unready }));
  const stopForgetting = startForgetting({
    store,
    connected: () => registry.producers(),
    log,
    clock: SYSTEM_CLOCK,
  });
  const stopRetention = startRetention({ ...config, store, log });
  const stopFeed = feed.start();
  const stopRotation = key.start();
  const stopAlerts = alerts.start();
  const stopWatch = watch?.start();
  const stopTasks = (): Promise<void> => {
    stopForgetting();
    stopRetention();
    stopFeed();
    stopRotation();
    stopWatch?.();
    return stopAlerts();
  };
  let closing: Promise<void> | undefined;
  return {
    ...PRESENTABLE,
    url: `http${secure}://${authority}`,
    wsUrl: `ws${secure}://${authority}${WEBSOCKET_PATH}`,
    port,
    token,
    tokenOrigin,
    secretKey: key.current,
    stats,
    close: (): Promise<void> =>
      (closing ??= shutDown(config, { http, plain, endpoint, store, stopTasks, access, live, log })),
  };
}

interface Running {
  readonly http: HttpServer;
  readonly plain: HttpConnections;
  readonly endpoint: WebSocketEndpoint;
  readonly store: Store;
  readonly stopTasks: () => Promise<void>;
  readonly access: OpenAccess;
  readonly live: LiveStreams;
  readonly log: Log;
}

async function shutDown({ shutdownTimeoutMillis }: ServerConfig, running: Running): Promise<void> {
  const { http, plain, endpoint, store, stopTasks, access, live, log } = running;
  const tasksStopped = stopTasks();
  live.close();
  const httpClosed = new Promise<void>((resolve) => void http.close(() => resolve()));
  plain.closeUnused();
  // For all connections together, of whatever kind.
  const deadline = setTimeout(() => http.closeAllConnections(), shutdownTimeoutMillis);
  await endpoint.close(CLOSE.goingAway, 'server stops', shutdownTimeoutMillis);
  http.closeIdleConnections();
  await httpClosed;
  clearTimeout(deadline);
  await tasksStopped;
  await access.close();
  await store.close();
  log('info', 'stopped');
}
