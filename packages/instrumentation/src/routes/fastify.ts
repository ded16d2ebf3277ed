import type { IncomingMessage } from 'node:http';

/** Fastify 4 and 5 say on it that there is an application, before it has a route. */
export const FASTIFY_INITIALIZATION = 'fastify.initialization';

/** Where a request carries its route; a registered symbol, so that both copies of this package see each other's. */
const ROUTE: unique symbol = Symbol.for('@cerberus-otel/fastify-route.v1');

interface Carrier {
  [ROUTE]?: string;
}

/** A request of HTTP/2 leads to the stream that all who see it share. */
interface RawRequest extends Carrier {
  readonly stream?: Carrier;
}

interface FastifyRequest {
  readonly raw?: RawRequest;
  readonly routeOptions?: { readonly url?: unknown };
}

interface Application {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: unknown, done: () => void) => void,
  ): unknown;
  hasRequestDecorator(name: string): boolean;
}

/**
 * Lets each request of an application carry its route from now on. To be subscribed to `FASTIFY_INITIALIZATION`: nothing leads from
 * Node's request to Fastify's. Never throws.
 */
export function carryRoutes(message: unknown): void {
  try {
    const { fastify } = message as { readonly fastify: Application };
    // `@fastify/otel` names routes itself, and would make a span of this hook.
    if (ROUTE in fastify || fastify.hasRequestDecorator('opentelemetry')) return;
    fastify.addHook('onRequest', carryRoute);
    // Who listens may be several: `register`, and an instrumentation of the application.
    Object.defineProperty(fastify, ROUTE, { value: true });
  } catch {
    // What it says is not what Fastify has said until now: its requests have no routes.
  }
}

function carryRoute({ raw, routeOptions }: FastifyRequest, _reply: unknown, done: () => void): void {
  const url = routeOptions?.url;
  if (raw !== undefined && typeof url === 'string') (raw.stream ?? raw)[ROUTE] = url;
  done();
}

/** The route that a Fastify application has chosen for a request: the pattern, with the prefixes of its plugins. */
export function fastifyRoute(request: IncomingMessage): string | undefined {
  const raw: RawRequest = request as object;
  return (raw.stream ?? raw)[ROUTE];
}
