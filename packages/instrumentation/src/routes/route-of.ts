import type { IncomingMessage } from 'node:http';
import { expressRoute } from './express.ts';
import { fastifyRoute } from './fastify.ts';
import { hapiRoute } from './hapi.ts';
import { koaRoute } from './koa.ts';
import { nextRoute } from './next.ts';
import { restifyRoute } from './restify.ts';

/** The packages whose requests say their routes. */
export const SAYS_ROUTES: ReadonlySet<string> = new Set([
  'express',
  '@nestjs/platform-express',
  'fastify',
  '@nestjs/platform-fastify',
  'restify',
]);

/** Each knows the requests of one framework. */
const SOURCES = [fastifyRoute, nextRoute, expressRoute, restifyRoute, koaRoute, hapiRoute];

/**
 * The route that a framework has chosen for a request, read from what the framework keeps of it, for those that no instrumentation names.
 * To be asked before anything else hears that the response is over.
 *
 * @param statusCode of the response
 * @returns undefined for every other request; never what the client wrote; never throws
 */
export function routeOf(request: IncomingMessage, statusCode: number): string | undefined {
  for (const source of SOURCES) {
    const route = guarded(source, request, statusCode);
    if (route !== undefined) return route;
  }
  return undefined;
}

/** All of it is foreign, and may be what it is not. */
function guarded(
  source: (request: IncomingMessage, statusCode: number) => string | undefined,
  request: IncomingMessage,
  statusCode: number,
): string | undefined {
  try {
    return source(request, statusCode);
  } catch {
    return undefined;
  }
}
