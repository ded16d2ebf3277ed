// What frameworks keep of a request is not public: whatever it turns out to be, there is no route rather than a wrong one.
import { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { routeOf } from '../../dist/esm/routes/route-of.js';

/** What routers before 2.3 keep of a path, made as they make it. */
const fromExpress = createRequire(createRequire(import.meta.url).resolve('express'));
const { match } = createRequire(fromExpress.resolve('router'))('path-to-regexp') as {
  match(path: string, options: object): (path: string) => unknown;
};

function requestWith(properties: object): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.url = '/users/secret-7';
  return Object.assign(request, properties);
}

function application(properties: object): object {
  return Object.assign(() => undefined, properties);
}

const hostile = new Proxy(() => undefined, {
  get() {
    throw new Error('on purpose');
  },
});
const route = { path: '/users/:id' };
const layer = { route, rawPath: '/users/:id' };
const throwing = (): never => {
  throw new Error('on purpose');
};

/** As Next.js 16 keeps it; `npm run matrix -- http-server` compares it with what Next.js says itself. */
const ofNext = (pathname: unknown): object => ({
  [Symbol.for('NextInternalRequestMeta')]: { match: { definition: { pathname } } },
});

/** What Express 4 keeps of a path that something is mounted at. */
const mounted = (regexp: RegExp, handle: object = () => undefined): object => ({ regexp, keys: [], handle });
/** Of `/(x|y)z`, which cannot be told from it. */
const GROUP = /^\/(?:x|y)z\/?(?=\/|$)/i;
const PLAIN = /^\/xz\/?(?=\/|$)/i;

/** Of what Express 4 and 5 are. */
const UNKNOWN: Readonly<Record<string, object>> = {
  'no framework': {},
  'a route without an application': { route, baseUrl: '' },
  'an application that throws': { route, app: hostile, baseUrl: '' },
  'a route that throws': { route: hostile, app: application({ router: { stack: [layer] } }), baseUrl: '' },
  'no router': { route, app: application({}), baseUrl: '' },
  'a router without its route': { route, app: application({ router: { stack: [] } }), baseUrl: '' },
  'a route without a path': { route: {}, app: application({ router: { stack: [layer] } }), baseUrl: '' },
  'a path that is a number': {
    route: { path: 7 },
    app: application({ router: { stack: [{ route: { path: 7 } }] } }),
    baseUrl: '',
  },
  'a router at a path that nobody says': {
    route,
    app: application({ router: { stack: [{ handle: { stack: [layer] } }] } }),
    baseUrl: '/users',
  },
  'a route in a router whose path cannot be told, beside middleware with a path': {
    route,
    app: application({ _router: { stack: [mounted(GROUP, { stack: [layer] }), mounted(PLAIN)] } }),
    baseUrl: '/xz',
  },
  'a route that two ways lead to, of which one cannot be told': {
    route,
    app: application({
      _router: { stack: [mounted(GROUP, { stack: [layer] }), mounted(PLAIN, { stack: [layer] })] },
    }),
    baseUrl: '/xz',
  },
  'a matcher that throws': {
    route,
    app: application({ router: { stack: [{ matchers: [throwing], handle: { stack: [layer] } }] } }),
    baseUrl: '/users',
  },
  'a matcher of the application, for a part of the path that is a value': {
    app: application({
      router: {
        stack: [{ matchers: [(path: string) => ({ path, params: {} })], handle: () => undefined }],
      },
    }),
    baseUrl: '/users/secret-7',
  },
};

describe('the route of a request', () => {
  for (const [what, properties] of Object.entries(UNKNOWN)) {
    it(`is none for ${what}`, () => {
      expect(routeOf(requestWith(properties), 200)).to.equal(undefined);
    });
  }

  for (const pathname of ['/_not-found', '/404', '/500', '/_error', undefined, 7]) {
    it(`is none where Next.js says that its page is ${pathname}`, () => {
      expect(routeOf(requestWith(ofNext(pathname)), 200)).to.equal(undefined);
    });
  }

  it('is the page that Next.js has matched', () => {
    expect(routeOf(requestWith(ofNext('/users/[id]')), 404)).to.equal('/users/[id]');
  });

  for (const [path, target, pattern] of [
    ['/:id/:id', '/secret-7/secret-8', undefined],
    ['/a-:id/:id', '/a-secret-7/secret-8', undefined],
    ['/x:id-y/:id', '/xsecret-7-y/secret-8', undefined],
    ['/:org/Plain/:id', '/secret-7/pLAIN/secret-8', '/:org/plain/:id'],
    ['/caf%C3%A9/:id', '/CAF%c3%a9/secret-8', '/caf%C3%A9/:id'],
  ] as const) {
    it(`${pattern === undefined ? 'is none' : 'is told'} where routers before 2.3 have one at ${path}`, () => {
      const matchers = [match(path, { end: false, sensitive: false })];
      const at = { matchers, handle: { stack: [layer] } };
      const app = application({ router: { stack: [at] } });
      const asked = (): string | undefined => routeOf(requestWith({ route, app, baseUrl: target }), 200);
      // Again with what is remembered of it.
      const expected = pattern === undefined ? undefined : `${pattern}/users/:id`;
      expect([asked(), asked()]).to.deep.equal([expected, expected]);
    });
  }

  it('is found beside a router that is mounted in itself', () => {
    const stack: object[] = [];
    stack.push({ slash: true, handle: { stack } }, layer);
    const app = application({ router: { stack } });
    expect(routeOf(requestWith({ route, app, baseUrl: '' }), 200)).to.equal('/users/:id');
  });
});
