import { sendJson, type ApiResult } from './api.ts';
import { nameParts } from './endpoint-text.ts';
import { apiUrl, type Params } from './query.ts';
import type { UrlState } from './url-state.ts';

const PATH = 'api/apdex-thresholds';

/** An endpoint of an application, as parameters of the API. */
export interface EndpointParams extends Params {
  readonly client_id: string;
  /** Undefined where requests of all methods are listed together. */
  readonly method: string | undefined;
  readonly endpoint: string;
}

/** The only endpoint that is looked at; `undefined` where there may be others. */
export function chosenEndpoint({
  clientId,
  filter,
}: Pick<UrlState, 'clientId' | 'filter'>): EndpointParams | undefined {
  const { method, endpoint } = filter;
  if (clientId === undefined || endpoint === undefined) return undefined;
  if (nameParts(endpoint).isBucket) return { client_id: clientId, method: undefined, endpoint };
  return method === undefined ? undefined : { client_id: clientId, method, endpoint };
}

/** Gives an endpoint a threshold of its own, milliseconds, for everybody. */
export function setThreshold(endpoint: EndpointParams, millis: number): Promise<ApiResult<unknown>> {
  return sendJson('PUT', apiUrl(PATH, endpoint), { threshold_ms: millis });
}

/** Takes it back to the default. */
export function removeThreshold(endpoint: EndpointParams): Promise<ApiResult<unknown>> {
  return sendJson('DELETE', apiUrl(PATH, endpoint));
}
