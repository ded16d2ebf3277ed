import type { Share } from '../../access/sharing/share-record.ts';
import { instantsOf, type SharedView } from '../../access/sharing/share-scope.ts';
import type { RouteName } from '../route-needs.ts';

/** A question that belongs to a view. */
interface LinkQuestion {
  readonly views: readonly SharedView[];
  /** Its answer is about single events or clients. */
  readonly details?: true;
  /** The parameters that it may have. All others are the link's. */
  readonly params: readonly string[];
}

/** `open`: asks for nothing, so it asks links for nothing. `itself`: says what the link is. */
type LinkRule = 'never' | 'open' | 'itself' | LinkQuestion;

/** Every route, and what a share link may ask of it. */
export const LINK_RULES: Readonly<Record<RouteName, LinkRule>> = {
  'GET /healthz': 'open',
  'GET /livez': 'open',
  'GET /readyz': 'open',
  'GET /openapi.json': 'open',
  'GET /schemas/event.json': 'open',
  'GET /metrics': 'never',
  'GET /ws/events': 'never',
  'POST /v1/ingest/batch': 'never',
  'POST /v1/traces': 'never',
  'GET /api/secret-key': 'never',
  'GET /api/events': { views: ['endpoint'], details: true, params: ['limit'] },
  'GET /api/events/detail': 'never',
  'GET /api/summary': 'never',
  'GET /api/overview': { views: ['overview', 'endpoint'], params: [] },
  'GET /api/endpoints': { views: ['overview'], params: ['sort', 'limit', 'q'] },
  'GET /api/errors': 'never',
  'GET /api/latency': 'never',
  'GET /api/apdex-thresholds': 'never',
  'PUT /api/apdex-thresholds': 'never',
  'DELETE /api/apdex-thresholds': 'never',
  'GET /api/week': 'never',
  'GET /api/clients': { views: ['overview', 'endpoint'], details: true, params: ['limit', 'q'] },
  'GET /api/consumers': 'never',
  'GET /api/custom-metrics': { views: ['endpoint', 'metrics'], params: ['limit', 'q'] },
  'GET /api/custom-metrics/detail': { views: ['endpoint', 'metrics'], params: ['name', 'group'] },
  'GET /api/values': 'never',
  'GET /api/releases': 'never',
  'GET /api/sources': 'never',
  'GET /api/nodes': 'never',
  'GET /api/live': 'never',
  'GET /api/export': 'never',
  'GET /api/backup': 'never',
  'GET /api/tokens': 'never',
  'POST /api/tokens': 'never',
  'DELETE /api/tokens': 'never',
  'GET /api/shares': 'never',
  'POST /api/shares': 'never',
  'DELETE /api/shares': 'never',
  'GET /api/alerts': 'never',
  'POST /api/alerts': 'never',
  'PUT /api/alerts': 'never',
  'DELETE /api/alerts': 'never',
  'POST /api/alerts/preview': 'never',
  'GET /api/alerts/log': 'never',
  'POST /api/alerts/destinations': 'never',
  'PUT /api/alerts/destinations': 'never',
  'DELETE /api/alerts/destinations': 'never',
  'POST /api/alerts/test': 'never',
  'GET /api/session': 'itself',
  'POST /api/session': 'never',
  'DELETE /api/session': 'never',
};

/** The parameters of a question as the link has it answered, or why it may not be asked. */
export type LinkVerdict =
  | { readonly ok: true; readonly params: URLSearchParams }
  | { readonly ok: false; readonly error: string };

/**
 * Judges a question of a link: what the link is about is set here, and a question that says anything about it itself is
 * refused. So no parameter that a route learns later opens anything.
 *
 * @param now milliseconds since the epoch
 */
export function linkVerdict(
  name: RouteName,
  { scope, details }: Pick<Share, 'scope' | 'details'>,
  params: URLSearchParams,
  now: number,
): LinkVerdict {
  const rule = LINK_RULES[name];
  if (rule === 'itself') return { ok: true, params: new URLSearchParams() };
  if (typeof rule === 'string' || !rule.views.includes(scope.view))
    return refusal('this is not part of what the link shares');
  if (rule.details === true && !details) return refusal('the link shares no single events or clients');
  if ([...params.keys()].some((each) => !rule.params.includes(each)))
    return refusal(`the link decides all parameters but these: ${rule.params.join(', ') || 'none'}`);
  // A link to one metric is to no list of them.
  const isOther = scope.metric !== undefined && params.get('name') !== scope.metric;
  if (isOther) return refusal('the link shares another metric');
  const { since, until } = instantsOf(scope.range, now);
  const asked = new URLSearchParams(params);
  asked.set('since', String(since));
  asked.set('until', String(until));
  if (scope.clientId !== undefined) asked.set('client_id', scope.clientId);
  for (const [word, value] of Object.entries(scope.filter)) asked.set(word, value);
  if (scope.endpoint !== undefined) {
    asked.set('method', scope.endpoint.method);
    asked.set('endpoint', scope.endpoint.endpoint);
  }
  return { ok: true, params: asked };
}

function refusal(error: string): LinkVerdict {
  return { ok: false, error };
}
