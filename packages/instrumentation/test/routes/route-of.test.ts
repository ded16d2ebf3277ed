// What frameworks keep of a request is not public: whatever it turns out to be, there is no route rather than a wrong one.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { routeOf } from '../../dist/esm/routes/route-of.js';

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

  it('is found beside a router that is mounted in itself', () => {
    const stack: object[] = [];
    stack.push({ slash: true, handle: { stack } }, layer);
    const app = application({ router: { stack } });
    expect(routeOf(requestWith({ route, app, baseUrl: '' }), 200)).to.equal('/users/:id');
  });
});
