import type { IncomingMessage } from 'node:http';

import type { Doorkeeper } from '../access/doorkeeper.ts';
import { adminIdOf, isAdmin, judge, linkOf, type Need, type ReaderAccess } from '../access/reader-access.ts';
import type { Shares } from '../access/sharing/share-book.ts';
import type { Share } from '../access/sharing/share-record.ts';
import { signInReply, signOutReply } from '../access/sign-in.ts';
import type { PageReply } from '../http/page-files.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { KeyRotation } from '../config.ts';
import { isUtf8Query, parseTarget } from '../http/request-target.ts';
import { failure, unauthorized, UPGRADE_REQUIRED, type Reply } from '../http/response.ts';
import type { ServerMetrics } from '../observe/metrics.ts';
import { ingestReply, type IngestContext } from '../receive/ingest-http.ts';
import { tracesReply, type TracesContext } from '../receive/otlp/traces-http.ts';
import type { Archive } from '../store/archive.ts';
import type { Nodes } from '../store/nodes.ts';
import type { EventReader } from '../store/store.ts';
import {
  clientsReply,
  endpointsReply,
  customMetricReply,
  customMetricsReply,
  overviewReply,
  valuesReply,
  type AnalyticsContext,
  type AnalyticsReply,
} from './analytics-api.ts';
import {
  alertLogReply,
  alertsReply,
  changeDestinationReply,
  changeRuleReply,
  createDestinationReply,
  createRuleReply,
  previewReply,
  removeDestinationReply,
  removeRuleReply,
  testDestinationReply,
} from './alerts/alerts-api.ts';
import type { KeptThresholds } from './apdex/kept-thresholds.ts';
import { removeThresholdReply, setThresholdReply, thresholdsReply } from './apdex/thresholds-api.ts';
import { consumersReply } from './consumers-api.ts';
import { releasesReply } from './releases-api.ts';
import { backupReply, exportReply } from './archive-api.ts';
import type { SESSION } from './answers/access.ts';
import type { Answer } from './answers/members.ts';
import type { Documents } from './documents.ts';
import type { LiveStreams } from './live-streams.ts';
import { errorsReply, latencyReply, weekReply } from './latency-api.ts';
import { eventReply, eventsReply, summaryReply } from './read-api.ts';
import { nodesReply } from './nodes-api.ts';
import { QUERIES } from './query/descriptions.ts';
import { nameProblem } from './query/reading.ts';
import { ROUTE_NEEDS, type RouteName } from './route-needs.ts';
import { linkReply } from './sharing/link-reply.ts';
import { withoutRareTexts } from './sharing/rare-values.ts';
import { createShareReply, revokeShareReply, shareToJson, sharesReply } from './sharing/shares-api.ts';
import { sourcesReply } from './sources-api.ts';
import { createTokenReply, revokeTokenReply, tokensReply } from './tokens-api.ts';
import { whileConnected } from './while-connected.ts';

/** What the HTTP endpoints need. */
export interface RouteContext extends IngestContext, TracesContext {
  readonly archive: Archive | undefined;
  /** The servers on the database; `undefined` where one has it for itself. */
  readonly nodes: Nodes | undefined;
  readonly rate: AnalyticsContext['rate'];
  readonly reader: EventReader;
  /** The key of this moment. */
  readonly secretKey: () => string;
  readonly rotateKey: KeyRotation;
  /** Whether the last commit succeeded. */
  readonly healthy: () => boolean;
  readonly metrics: Pick<ServerMetrics, 'text' | 'contentType'>;
  readonly access: ReaderAccess;
  readonly shares: Shares;
  readonly thresholds: KeptThresholds;
  readonly alerts: Alerts;
  readonly door: Doorkeeper;
  readonly live: Pick<LiveStreams, 'reply'>;
  readonly page: PageReply;
  readonly documents: Documents;
  /** Where a trace can be looked at; `{trace_id}` stands for its id. */
  readonly traceUrlTemplate: string | undefined;
}

interface RouteRequest {
  readonly message: IncomingMessage;
  readonly params: URLSearchParams;
  /** The share link with which it is asked. */
  readonly link?: Share;
}

type RouteReply = (request: RouteRequest) => Reply | Promise<Reply>;

/** What a path answers, by method. */
type Route = Readonly<Record<string, RouteReply>>;

/** Answers a request. */
export type Dispatch = (message: IncomingMessage) => Promise<Reply>;

/** Builds the table of endpoints. */
export function createDispatch(context: RouteContext): Dispatch {
  const routes = new Map<string, Record<string, RouteReply>>();
  for (const [name, reply] of Object.entries(createReplies(context))) {
    const [method = '', path = ''] = name.split(' ');
    const route = routes.get(path) ?? {};
    const known = name as RouteName;
    const answer = guarded(known, withKnownNames(known, reply), context);
    // Monitors ask with HEAD; Node.js leaves the body out.
    const isOpen = method === 'GET' && ROUTE_NEEDS[known] === 'nothing';
    routes.set(path, { ...route, [method]: answer, ...(isOpen && { HEAD: answer }) });
  }
  return (message) => dispatch(routes, context.page, message);
}

/** Refuses parameters that the route does not have: an answer to another question than the one that was meant looks like an answer. */
function withKnownNames(name: RouteName, reply: RouteReply): RouteReply {
  const description = QUERIES[name];
  if (description === 'any') return reply;
  return (request) => {
    const problem = isUtf8Query(request.message.url)
      ? nameProblem(description, request.params)
      : 'the query is no UTF-8';
    return problem === undefined ? reply(request) : failure(400, problem);
  };
}

/** Whoever comes with a share link is let by its rules, and by no others. */
function guarded(name: RouteName, reply: RouteReply, context: RouteContext): RouteReply {
  const byToken = guardedByToken(name, reply, context);
  const { access, receiver } = context;
  return (request) => {
    const link = linkOf(request.message, access);
    if (link === undefined) return byToken(request);
    return linkReply({
      name,
      link,
      params: request.params,
      answer: (asked) => reply({ ...request, ...asked }),
      isStillValid: () => linkOf(request.message, access) !== 'invalid',
      onRefused: () => receiver.counters.refused('unauthorized'),
    });
  };
}

function guardedByToken(name: RouteName, reply: RouteReply, context: RouteContext): RouteReply {
  const need: Need | 'nothing' = ROUTE_NEEDS[name];
  if (need === 'nothing' || ANSWERS_ITSELF.has(name)) return reply;
  return (request) => {
    const verdict = judge(request.message, need, context.access);
    if (verdict === 'ok') return reply(request);
    context.receiver.counters.refused('unauthorized');
    return verdict === 'unknown'
      ? unauthorized('missing or wrong token')
      : failure(403, `the token is not for this: it needs the purpose ${need.needs}`);
  };
}

/** Their answers to wrong credentials are those of the family, or of OTLP, and they look at the application too. WebSocket has its own way in. */
const ANSWERS_ITSELF: ReadonlySet<RouteName> = new Set([
  'POST /v1/ingest/batch',
  'POST /v1/traces',
  'GET /ws/events',
]);

function createReplies(context: RouteContext): Readonly<Record<RouteName, RouteReply>> {
  const { access, alerts, archive, documents, reader, receiver, rate, shares, thresholds } = context;
  const { tokens } = access;
  const { analytics } = reader;
  const { activity, counters } = receiver;
  const figures = (reply: AnalyticsReply): RouteReply =>
    question(({ params }) => reply({ analytics, rate, thresholds }, params));
  const signIn = {
    access,
    door: context.door,
    onRefused: (): void => counters.refused('unauthorized'),
  };
  return {
    'GET /healthz': () => healthReply(context.healthy()),
    'GET /livez': () => ({ status: 200, body: { status: 'ok' } }),
    'GET /readyz': () => readyReply(receiver.unready),
    'GET /openapi.json': () => documents.api,
    'GET /schemas/event.json': () => documents.event,
    'GET /metrics': () => metricsReply(context.metrics),
    'GET /ws/events': () => UPGRADE_REQUIRED,
    'POST /v1/ingest/batch': ({ message }) => ingestReply(message, context),
    'POST /v1/traces': ({ message }) => tracesReply(message, context),
    'GET /api/secret-key': () => ({ status: 200, body: { secret_key: context.secretKey() } }),
    'GET /api/events': question(({ params }) => eventsReply(reader, params)),
    'GET /api/events/detail': question(({ params }) => eventReply(reader, params)),
    'GET /api/summary': question(({ params }) => summaryReply(reader, params)),
    'GET /api/overview': figures(overviewReply),
    'GET /api/endpoints': figures(endpointsReply),
    'GET /api/errors': figures(errorsReply),
    'GET /api/latency': figures(latencyReply),
    'GET /api/apdex-thresholds': () => thresholdsReply(thresholds),
    'PUT /api/apdex-thresholds': ({ message, params }) => setThresholdReply(message, thresholds, params),
    'DELETE /api/apdex-thresholds': ({ params }) => removeThresholdReply(thresholds, params),
    'GET /api/week': figures(weekReply),
    'GET /api/clients': figures(clientsReply),
    'GET /api/consumers': question(({ params }) => consumersReply(analytics, params)),
    'GET /api/custom-metrics': figures(customMetricsReply),
    'GET /api/custom-metrics/detail': question(({ params, link }) =>
      customMetricReply(link?.details === false ? withoutRareTexts(analytics) : analytics, params),
    ),
    'GET /api/values': figures(valuesReply),
    'GET /api/releases': question(({ params }) => releasesReply(analytics, params)),
    'GET /api/sources': question(({ params }) => sourcesReply({ analytics, activity, counters }, params)),
    'GET /api/nodes': question(({ params }) => nodesReply(context.nodes, params)),
    'GET /api/live': ({ message, params }) => context.live.reply(message, params),
    'GET /api/export': question(({ params }) => exportReply(archive, params)),
    'GET /api/backup': question(() => backupReply(archive)),
    'GET /api/tokens': () => tokensReply(tokens),
    'POST /api/tokens': ({ message }) => createTokenReply(message, tokens),
    'DELETE /api/tokens': ({ params }) => revokeTokenReply(tokens, params),
    'GET /api/shares': () => sharesReply(shares),
    'POST /api/shares': ({ message }) => createShareReply(message, shares, adminIdOf(message, access) ?? ''),
    'DELETE /api/shares': ({ params }) => revokeShareReply(shares, params),
    'GET /api/alerts': () => alertsReply(alerts),
    'POST /api/alerts': ({ message }) => createRuleReply(message, alerts),
    'PUT /api/alerts': ({ message, params }) => changeRuleReply(message, alerts, params),
    'DELETE /api/alerts': ({ params }) => removeRuleReply(alerts, params),
    'POST /api/alerts/preview': question(({ message }) => previewReply(message, alerts)),
    'GET /api/alerts/log': ({ params }) => alertLogReply(alerts, params),
    'POST /api/alerts/destinations': ({ message }) => createDestinationReply(message, alerts),
    'PUT /api/alerts/destinations': ({ message, params }) => changeDestinationReply(message, alerts, params),
    'DELETE /api/alerts/destinations': ({ params }) => removeDestinationReply(alerts, params),
    'POST /api/alerts/test': ({ params }) => testDestinationReply(alerts, params),
    'GET /api/session': ({ message, link }) =>
      link === undefined ? sessionReply(message, context) : linkSessionReply(link, context),
    'POST /api/session': ({ message }) => signInReply(message, signIn),
    'DELETE /api/session': ({ message }) => signOutReply(message, signIn),
  };
}

/** What a store answers is for whoever asked, as long as they are there. */
function question(reply: RouteReply): RouteReply {
  return (request) => whileConnected(request.message.socket, () => reply(request));
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
  const method = message.method ?? '';
  const reply = Object.hasOwn(route, method) ? route[method] : undefined;
  if (reply === undefined) {
    const allow = Object.keys(route).join(', ');
    return failure(405, `only ${allow} is allowed here`, { allow });
  }
  return reply({ message, params: url.searchParams });
}

/** What the page has to know before it asks for anything else. */
function sessionReply(
  message: IncomingMessage,
  { access, rotateKey, traceUrlTemplate }: RouteContext,
): Reply {
  const body: Answer<typeof SESSION> = {
    signed_in: true,
    sign_in: access.signIn,
    admin: isAdmin(message, access),
    rotate_key: rotateKey,
    trace_url_template: traceUrlTemplate ?? null,
  };
  return { status: 200, body };
}

/** The same for a page that was opened with a share link. */
function linkSessionReply(link: Share, { rotateKey, traceUrlTemplate }: RouteContext): Reply {
  const { created_by: _by, created_at: _at, ...share } = shareToJson(link);
  const body: Answer<typeof SESSION> = {
    signed_in: false,
    sign_in: true,
    admin: false,
    rotate_key: rotateKey,
    trace_url_template: link.details ? (traceUrlTemplate ?? null) : null,
    share,
  };
  return { status: 200, body };
}

function healthReply(healthy: boolean): Reply {
  return healthy ? { status: 200, body: { status: 'ok' } } : failure(503, 'the last commit failed');
}

function readyReply(unready: string | undefined): Reply {
  return unready === undefined ? { status: 200, body: { status: 'ok' } } : failure(503, unready);
}

async function metricsReply(metrics: RouteContext['metrics']): Promise<Reply> {
  return { status: 200, body: await metrics.text(), contentType: metrics.contentType };
}
