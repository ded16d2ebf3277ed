/** One request to the shop. */
export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** The visitor goes away after this time: before the response, within it, or within the upload. */
  readonly abortAfterMillis?: number;
  /** Only half of the body is sent before the visitor goes away. */
  readonly halfBody?: boolean;
}

type Random = () => number;

interface Kind {
  readonly weight: number;
  readonly make: (random: Random) => Visit;
}

/** What visitors do, and how often. */
const KINDS: readonly Kind[] = [
  { weight: 14, make: () => ({ method: 'GET', path: '/products' }) },
  // A few more products than there are: some are not found.
  { weight: 20, make: (random) => ({ method: 'GET', path: `/products/${below(52, random) + 1}` }) },
  { weight: 2, make: () => ({ method: 'HEAD', path: '/products' }) },
  { weight: 1, make: () => ({ method: 'OPTIONS', path: '/products' }) },
  { weight: 10, make: (random) => ({ method: 'GET', path: `/search?q=${pick(SEARCHES, random)}` }) },
  { weight: 9, make: (random) => json('POST', '/cart/items', { quantity: below(5, random) + 1 }) },
  {
    weight: 4,
    make: (random) => json('PUT', `/cart/items/${below(9, random)}`, { quantity: below(5, random) + 1 }),
  },
  { weight: 3, make: (random) => ({ method: 'DELETE', path: `/cart/items/${below(9, random)}` }) },
  { weight: 7, make: (random) => json('POST', '/checkout', order(random)) },
  { weight: 8, make: (random) => ({ method: 'GET', path: `/orders/${below(40, random)}` }) },
  { weight: 6, make: () => ({ method: 'GET', path: '/recommendations' }) },
  { weight: 4, make: (random) => impatient({ method: 'GET', path: '/reports/sales' }, 0.5, random) },
  { weight: 3, make: (random) => impatient({ method: 'GET', path: '/exports/orders' }, 0.4, random) },
  { weight: 4, make: review },
  { weight: 5, make: (random) => ({ method: 'GET', path: pick(UNKNOWN_PATHS, random) }) },
];

const SEARCHES = ['tea', 'green+tea', 'cups', 'kettles', 'coffee+cups', 'nothing'];
const UNKNOWN_PATHS = ['/favicon.ico', '/wp-login.php', '/.env', '/old-shop', '/products/7/reviews'];
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'USD', 'GBP'];
const TOTAL_WEIGHT = KINDS.reduce((sum, { weight }) => sum + weight, 0);

/** What somebody does next. */
export function nextVisit(random: Random): Visit {
  let rest = random() * TOTAL_WEIGHT;
  for (const { weight, make } of KINDS) {
    rest -= weight;
    if (rest < 0) return make(random);
  }
  return { method: 'GET', path: '/products' };
}

function review(random: Random): Visit {
  const visit = json('POST', '/reviews', {
    stars: below(5, random) + 1,
    text: 'good '.repeat(below(60, random)),
  });
  return random() < 0.25 ? { ...visit, halfBody: true, abortAfterMillis: 10 + below(40, random) } : visit;
}

function order(random: Random): unknown {
  return {
    customer: `customer-${below(120, random)}`,
    amount: Math.round(500 + random() * 20_000) / 100,
    currency: pick(CURRENCIES, random),
    isNew: random() < 0.3,
  };
}

function impatient(visit: Visit, share: number, random: Random): Visit {
  return random() < share ? { ...visit, abortAfterMillis: 20 + below(150, random) } : visit;
}

function json(method: string, path: string, body: unknown): Visit {
  return { method, path, body: JSON.stringify(body) };
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function pick(list: readonly string[], random: Random): string {
  return list[below(list.length, random)] ?? '';
}
