import type { Attributes } from './otel.ts';

const ROUTES = [
  '/api/orders/:id',
  '/api/users/:id/cart',
  '/api/products',
  '/api/sessions',
  '/api/search',
] as const;
const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'curl/8.14.1',
] as const;
const METHODS = ['GET', 'GET', 'GET', 'POST'] as const;

/** One request as an instrumented HTTP server describes it. */
export interface RequestFacts {
  readonly address: string;
  /** What instrumentation-http 0.223 puts on a SERVER span when it starts. */
  readonly atStart: Attributes;
  /** What it adds when the response was sent. */
  readonly atEnd: Attributes;
}

/** The `index`-th request; addresses repeat after `addresses` of them. */
export function requestFacts(index: number, addresses = 0xff_ffff): RequestFacts {
  const route = ROUTES[index % ROUTES.length] ?? ROUTES[0];
  const path = flat(route.replace(':id', String(scattered(index) % 5000)));
  const address = flat(addressOf(scattered(index % addresses)));
  return {
    address,
    atStart: {
      'http.request.method': METHODS[index % METHODS.length] ?? 'GET',
      'url.scheme': 'http',
      'server.address': 'shop.example',
      'network.peer.address': address,
      'network.peer.port': 1024 + (scattered(index) % 60_000),
      'network.protocol.version': '1.1',
      'url.path': path,
      'client.address': address,
      'server.port': 8080,
      'user_agent.original': USER_AGENTS[index % USER_AGENTS.length] ?? '',
    },
    atEnd: { 'http.response.status_code': index % 50 === 0 ? 404 : 200, 'http.route': route },
  };
}

const METRIC_VALUES = [3, true, 'gold', 12.5, 'eu-west-1', 0, false, 1024, 'a/b', 7] as const;

/** `count` custom metrics of a request, as attributes. */
export function metricAttributes(count: number): Attributes {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `cerberus.metric.number_${index}`,
      METRIC_VALUES[index % METRIC_VALUES.length] ?? 0,
    ]),
  );
}

/** The numbers of 24 bits in another order: neighbours that look alike would compress as no traffic does. */
function scattered(index: number): number {
  return Math.imul(index, 0x9e3779b1) & 0xff_ffff;
}

/** A string in one piece, as Node's parsers make them; one that was put together costs its first reader more. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Of 10.0.0.0/8, so that no number stands for anybody's client. */
function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
