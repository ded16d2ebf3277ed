import type { IncomingMessage } from 'node:http';

import type { Doorkeeper } from '../access/doorkeeper.ts';
import { hasToken, mayRead, type ReaderAccess } from '../access/reader-access.ts';
import { signInReply, signOutReply } from '../access/sign-in.ts';
import type { PageReply } from '../http/page-files.ts';
import { parseTarget } from '../http/request-target.ts';
import { failure, unauthorized, type Reply } from '../http/response.ts';
import type { ServerMetrics } from '../observe/metrics.ts';
import { ingestReply, type IngestContext } from '../receive/ingest-http.ts';
import type { Archive } from '../store/archive.ts';
import type { EventReader } from '../store/store.ts';
import {
  clientsReply,
  endpointsReply,
  customMetricReply,
  customMetricsReply,
  overviewReply,
  type AnalyticsContext,
  type AnalyticsReply,
} from './analytics-api.ts';
import { backupReply, exportReply } from './archive-api.ts';
import type { LiveStreams } from './live-streams.ts';
import { eventsReply, summaryReply } from './read-api.ts';
import { sourcesReply } from './sources-api.ts';

/** What the HTTP endpoints need. */
export interface RouteContext extends IngestContext {
  readonly archive: Archive | undefined;
  readonly rate: AnalyticsContext['rate'];
  readonly reader: EventReader;
  readonly secretKey: string;
  /** Whether the last commit succeeded. */
  readonly healthy: () => boolean;
  readonly metrics: Pick<ServerMetrics, 'text' | 'contentType'>;
  readonly access: ReaderAccess;
  readonly door: Doorkeeper;
  readonly live: Pick<LiveStreams, 'reply'>;
  readonly page: PageReply;
  /** Where a trace can be looked at; `{trace_id}` stands for its id. */
  readonly traceUrlTemplate: string | undefined;
}

interface RouteRequest {
  readonly message: IncomingMessage;
  readonly params: URLSearchParams;
}

type RouteReply = (request: RouteRequest) => Reply | Promise<Reply>;

/** What a path answers, by method. */
type Route = Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', RouteReply>>>;

/** Answers a request. */
export type Dispatch = (message: IncomingMessage) => Promise<Reply>;

/** Builds the table of endpoints. */
export function createDispatch(context: RouteContext): Dispatch {
  const { access, archive, reader, receiver, rate } = context;
  const { analytics } = reader;
  const { activity, counters } = receiver;
  const onRefused = (): void => counters.refused('unauthorized');
  const guard =
    (isAllowed: (message: IncomingMessage) => boolean, reply: RouteReply): RouteReply =>
    (request) => {
      if (isAllowed(request.message)) return reply(request);
      onRefused();
      return unauthorized('missing or wrong token');
    };
  /** For programs: the key of all pseudonyms is nothing that a browser needs. */
  const forToken = (reply: RouteReply): Route => ({
    GET: guard((message) => hasToken(message, context.token), reply),
  });
  const forReaders = (reply: RouteReply): Route => ({
    GET: guard((message) => mayRead(message, access), reply),
  });
  const figures = (reply: AnalyticsReply): Route =>
    forReaders(({ params }) => reply({ analytics, rate }, params));
  const signIn = { access, door: context.door, onRefused };
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/healthz', { GET: () => healthReply(context.healthy()) }],
    ['/metrics', forToken(() => metricsReply(context.metrics))],
    ['/v1/ingest/batch', { POST: ({ message }) => ingestReply(message, context) }],
    ['/api/secret-key', forToken(() => keyReply(context.secretKey))],
    ['/api/events', forReaders(({ params }) => eventsReply(reader, params))],
    ['/api/summary', forReaders(({ params }) => summaryReply(reader, params))],
    ['/api/overview', figures(overviewReply)],
    ['/api/endpoints', figures(endpointsReply)],
    ['/api/clients', figures(clientsReply)],
    ['/api/custom-metrics', figures(customMetricsReply)],
    ['/api/custom-metrics/detail', figures(customMetricReply)],
    ['/api/export', forToken(({ params }) => exportReply(archive, params))],
    ['/api/backup', forToken(() => backupReply(archive))],
    ['/api/sources', forReaders(({ params }) => sourcesReply({ analytics, activity, counters }, params))],
    ['/api/live', forReaders(({ message, params }) => context.live.reply(message, params))],
    [
      '/api/session',
      {
        ...forReaders(() => sessionReply(context)),
        POST: ({ message }) => signInReply(message, signIn),
        DELETE: ({ message }) => signOutReply(message, signIn),
      },
    ],
  ]);
  return (message) => dispatch(routes, context.page, message);
}

async function dispatch(
  routes: ReadonlyMap<string, Route>,
  page: PageReply,
  message: IncomingMessage,
): Promise<Reply> {
  const url = parseTarget(message.url);
  if (url === undefined) return failure(400, 'bad request target');
  const route = routes.get(url.pathname);
  if (route === undefined) return page(message);
  const reply = route[message.method as keyof Route];
  if (reply === undefined) {
    const allow = Object.keys(route).join(', ');
    return failure(405, `only ${allow} is allowed here`, { allow });
  }
  return reply({ message, params: url.searchParams });
}

/** What the page has to know before it asks for anything else. */
function sessionReply({ access, traceUrlTemplate }: RouteContext): Reply {
  const body = { signed_in: true, sign_in: access.signIn, trace_url_template: traceUrlTemplate ?? null };
  return { status: 200, body };
}

function healthReply(healthy: boolean): Reply {
  return healthy ? { status: 200, body: { status: 'ok' } } : failure(503, 'the last commit failed');
}

async function metricsReply(metrics: RouteContext['metrics']): Promise<Reply> {
  return { status: 200, body: await metrics.text(), contentType: metrics.contentType };
}

function keyReply(secretKey: string): Reply {
  return { status: 200, body: { secret_key: secretKey } };
}
