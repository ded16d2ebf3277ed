import type { IncomingMessage } from 'node:http';
import type { LatePatch } from './late-patch.ts';

/** Where a request carries Hapi's; a registered symbol, so that both copies of this package see each other's. */
const REQUEST: unique symbol = Symbol.for('@cerberus-otel/hapi-request.v1');

/** What Hapi keeps of a request, as far as it is read. */
interface HapiRequest {
  readonly raw?: { readonly req?: Carrier };
  readonly route?: { readonly method?: unknown; readonly path?: unknown };
}

interface Carrier {
  [REQUEST]?: HapiRequest;
}

/** The method of routes that Hapi itself has for what no other one matches: 404, 400 and preflights. */
const SPECIAL = '_special';

/** Hapi 20 and 21 begin each request with this method, which they look up anew each time. */
export const OF_HAPI: LatePatch = {
  file: '/@hapi/hapi/lib/request.js',
  method: '_execute',
  note(request) {
    const { raw } = request as HapiRequest;
    if (raw?.req !== undefined) raw.req[REQUEST] = request;
  },
};

/** The route that a Hapi server has chosen for a request: the pattern, with the prefixes of its plugins. */
export function hapiRoute(request: IncomingMessage): string | undefined {
  const route = (request as Carrier)[REQUEST]?.route;
  const path = route?.method === SPECIAL ? undefined : route?.path;
  return typeof path === 'string' ? path : undefined;
}
