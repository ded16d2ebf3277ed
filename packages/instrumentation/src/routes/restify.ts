import type { IncomingMessage } from 'node:http';

/** What restify keeps on a request, as far as it is read. */
interface RestifyRequest {
  readonly getRoute?: unknown;
  readonly route?: { readonly path?: unknown; readonly spec?: { readonly path?: unknown } };
}

/** The path of the route that a restify server has chosen for a request, as the application has written it. */
export function restifyRoute(request: IncomingMessage): string | undefined {
  const { getRoute, route } = request as RestifyRequest;
  const path = route?.path;
  // Others keep a `route` too; only restify keeps what the route was made of.
  const isOfRestify = typeof getRoute === 'function' && route?.spec?.path === path;
  return isOfRestify && typeof path === 'string' ? path : undefined;
}
