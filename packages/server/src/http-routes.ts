import type { IncomingMessage } from 'node:http';

import {
  clientsReply,
  endpointsReply,
  customMetricReply,
  customMetricsReply,
  overviewReply,
  type AnalyticsContext,
  type AnalyticsReply,
} from './analytics-api.ts';
import type { Archive } from './archive.ts';
import { backupReply, exportReply } from './archive-api.ts';
import { apiKeyOf, bearerOf } from './auth.ts';
import { failure, unauthorized, type Reply } from './http-response.ts';
import { ingestReply, type IngestContext } from './ingest-http.ts';
import type { ServerMetrics } from './metrics.ts';
import { parseTarget } from './request-target.ts';
import { eventsReply, summaryReply } from './read-api.ts';
import { sourcesReply } from './sources-api.ts';
import type { EventReader } from './store.ts';

/** What the HTTP endpoints need. */
export interface RouteContext extends IngestContext {
  readonly archive: Archive | undefined;
  readonly rate: AnalyticsContext['rate'];
  readonly reader: EventReader;
  readonly secretKey: string;
  /** Whether the last commit succeeded. */
  readonly healthy: () => boolean;
  readonly metrics: Pick<ServerMetrics, 'text' | 'contentType'>;
}

interface RouteRequest {
  readonly message: IncomingMessage;
  readonly params: URLSearchParams;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly reply: (request: RouteRequest) => Reply | Promise<Reply>;
}

/** Answers a request. */
export type Dispatch = (message: IncomingMessage) => Promise<Reply>;

/** Builds the table of endpoints. */
export function createDispatch(context: RouteContext): Dispatch {
  const guarded =
    (reply: Route['reply']): Route['reply'] =>
    (request) =>
      isAuthorized(request.message, context) ? reply(request) : unauthorized('missing or wrong token');
  const { archive, reader, receiver, rate } = context;
  const { analytics } = reader;
  const figures = (reply: AnalyticsReply): Route => ({
    method: 'GET',
    reply: guarded(({ params }) => reply({ analytics, rate }, params)),
  });
  const { activity, counters } = receiver;
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/healthz', { method: 'GET', reply: () => healthReply(context.healthy()) }],
    ['/metrics', { method: 'GET', reply: guarded(() => metricsReply(context.metrics)) }],
    ['/v1/ingest/batch', { method: 'POST', reply: ({ message }) => ingestReply(message, context) }],
    ['/api/secret-key', { method: 'GET', reply: guarded(() => keyReply(context.secretKey)) }],
    ['/api/events', { method: 'GET', reply: guarded(({ params }) => eventsReply(reader, params)) }],
    ['/api/summary', { method: 'GET', reply: guarded(({ params }) => summaryReply(reader, params)) }],
    ['/api/overview', figures(overviewReply)],
    ['/api/endpoints', figures(endpointsReply)],
    ['/api/clients', figures(clientsReply)],
    ['/api/custom-metrics', figures(customMetricsReply)],
    ['/api/custom-metrics/detail', figures(customMetricReply)],
    ['/api/export', { method: 'GET', reply: guarded(({ params }) => exportReply(archive, params)) }],
    ['/api/backup', { method: 'GET', reply: guarded(() => backupReply(archive)) }],
    [
      '/api/sources',
      {
        method: 'GET',
        reply: guarded(({ params }) => sourcesReply({ analytics, activity, counters }, params)),
      },
    ],
  ]);
  return (message) => dispatch(routes, message);
}

async function dispatch(routes: ReadonlyMap<string, Route>, message: IncomingMessage): Promise<Reply> {
  const url = parseTarget(message.url);
  if (url === undefined) return failure(400, 'bad request target');
  const route = routes.get(url.pathname);
  if (route === undefined) return failure(404, 'not found');
  if (message.method !== route.method) {
    return failure(405, `only ${route.method} is allowed here`, { allow: route.method });
  }
  return route.reply({ message, params: url.searchParams });
}

function isAuthorized(message: IncomingMessage, context: RouteContext): boolean {
  const accepted = context.token.accepts(bearerOf(message.headers) ?? apiKeyOf(message.headers));
  if (!accepted) context.receiver.counters.refused('unauthorized');
  return accepted;
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
