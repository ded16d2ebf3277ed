import type { IncomingMessage } from 'node:http';

import * as v from 'valibot';

import { isBucket } from '../../event/path-group.ts';
import { failure, type Reply } from '../../http/response.ts';
import type { EndpointOfApplication, EndpointThreshold } from '../../store/questions/endpoint-threshold.ts';
import type { APDEX_THRESHOLD, APDEX_THRESHOLDS } from '../answers/figures.ts';
import type { Answer } from '../answers/members.ts';
import { MAX_THRESHOLD_MILLIS, THRESHOLD_WISH } from '../bodies.ts';
import { readJsonObject } from '../json-body.ts';
import { QUERIES } from '../query/descriptions.ts';
import { mapQuery, readQuery, type ParsedQuery } from '../query/reading.ts';
import { MAX_THRESHOLDS, type KeptThresholds, type ThresholdRefusal } from './kept-thresholds.ts';

const MAX_BODY_BYTES = 4096;

/** `GET /api/apdex-thresholds`: which endpoints have one of their own. */
export async function thresholdsReply(thresholds: KeptThresholds): Promise<Reply> {
  const body: Answer<typeof APDEX_THRESHOLDS> = {
    thresholds: (await thresholds.list()).map(thresholdToJson),
  };
  return { status: 200, body };
}

/** `PUT /api/apdex-thresholds` for an endpoint, with its threshold. */
export async function setThresholdReply(
  message: IncomingMessage,
  thresholds: KeptThresholds,
  params: URLSearchParams,
): Promise<Reply> {
  const parsed = endpointIn('PUT /api/apdex-thresholds', params);
  if (!parsed.ok) return failure(400, parsed.error);
  const body = await readJsonObject(message, MAX_BODY_BYTES, Object.keys(THRESHOLD_WISH.entries));
  if (!body.ok) return body.reply;
  const wish = v.safeParse(THRESHOLD_WISH, body.value);
  if (!wish.success)
    return failure(400, `\`threshold_ms\` must be a whole number from 1 to ${MAX_THRESHOLD_MILLIS}`);
  const threshold = { ...parsed.query, thresholdMillis: wish.output.threshold_ms };
  const refused = await thresholds.set(threshold);
  return refused === undefined ? { status: 200, body: thresholdToJson(threshold) } : refusal(refused);
}

/** `DELETE /api/apdex-thresholds` for an endpoint: it has that of the question again. */
export async function removeThresholdReply(
  thresholds: KeptThresholds,
  params: URLSearchParams,
): Promise<Reply> {
  const parsed = endpointIn('DELETE /api/apdex-thresholds', params);
  if (!parsed.ok) return failure(400, parsed.error);
  const refused = await thresholds.remove(parsed.query);
  return refused === undefined ? { status: 200, body: endpointToJson(parsed.query) } : refusal(refused);
}

/** Of what is listed under one name, methods are told apart no more. */
function endpointIn(
  route: 'PUT /api/apdex-thresholds' | 'DELETE /api/apdex-thresholds',
  params: URLSearchParams,
): ParsedQuery<EndpointOfApplication> {
  return mapQuery(readQuery(QUERIES[route], params), ({ client_id: clientId, method, endpoint }) => {
    if (isBucket(endpoint))
      return method === undefined
        ? { clientId, method: '', endpoint }
        : '`method` must be left out: requests of all methods are listed together there';
    return method === undefined
      ? '`method` must be given: it is a part of the endpoint'
      : { clientId, method, endpoint };
  });
}

function endpointToJson({
  clientId,
  method,
  endpoint,
}: EndpointOfApplication): Pick<Answer<typeof APDEX_THRESHOLD>, 'client_id' | 'method' | 'endpoint'> {
  return { client_id: clientId, method: isBucket(endpoint) ? null : method, endpoint };
}

function thresholdToJson(threshold: EndpointThreshold): Answer<typeof APDEX_THRESHOLD> {
  return { ...endpointToJson(threshold), threshold_ms: threshold.thresholdMillis };
}

function refusal(refused: ThresholdRefusal): Reply {
  if (refused === 'full') return failure(409, `${MAX_THRESHOLDS} endpoints have one: remove one first`);
  return refused === 'missing'
    ? failure(404, 'this endpoint has no threshold of its own')
    : failure(409, 'somebody else has changed it a moment ago: look again');
}
