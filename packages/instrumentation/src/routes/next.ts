import type { IncomingMessage } from 'node:http';

/** Where Next.js keeps what it knows of a request. */
const META: unique symbol = Symbol.for('NextInternalRequestMeta');

/** What it keeps there, as far as it is read. */
interface NextRequest {
  readonly [META]?: { readonly match?: { readonly definition?: { readonly pathname?: unknown } } };
}

/** The pages of Next.js for requests without a route, which it gives as their routes. */
const ERROR_PAGES: ReadonlySet<unknown> = new Set(['/_not-found', '/404', '/500', '/_error']);

/** Whether what Next.js says is a route: a page that answers requests, and not its page for those that none answers. */
export function isNextRoute(value: unknown): value is string {
  return typeof value === 'string' && !ERROR_PAGES.has(value);
}

/** The route of the page, the route handler or the API route that Next.js has chosen for a request, as rewritten by its proxy. */
export function nextRoute(request: IncomingMessage): string | undefined {
  const pathname = (request as NextRequest)[META]?.match?.definition?.pathname;
  return isNextRoute(pathname) ? pathname : undefined;
}
