/** In what routes without a framework's instrumentation are meant to differ from it. docs/frameworks.md says the same. */
export interface WantedDifference {
  readonly why: string;
  /** The setups that it is about; all of the framework where none are named. */
  readonly setups?: readonly string[];
  /** By the title of a case: the span's name with the instrumentation, and without. */
  readonly cases: Readonly<Record<string, readonly [with_: string, without: string]>>;
}

const ROUTE_OF_NOTHING =
  'a 404 of the framework itself has no route, whatever the request has passed on its way';
const CATCH_ALL = 'a route for everything is called by its pattern, and answers a 404 without a route';
const CHOSEN = 'a route that was chosen is one, also when something answers before its handler, or behind it';
const OLD_ROUTER =
  'of a list of paths, routers before 2.3 tell the one that matched; of an expression, nothing';

export const OF_EXPRESS: readonly WantedDifference[] = [
  { why: 'the root route is one with a query too', cases: { 'plain: GET /?q=1': ['GET', 'GET /'] } },
  {
    why: 'a route that matched is one, when nothing of it has run because a `param` callback answered',
    cases: { 'plain: GET /params/no': ['GET', 'GET /params/:slug'] },
  },
  {
    why: 'a route that matched is one, when its handlers have passed the request on to middleware without a path',
    cases: {
      'answered: GET /inner/a/passes/7': ['GET', 'GET /inner/:kind/passes/:id'],
      'answered: GET /passes/7': ['GET', 'GET /passes/:id'],
    },
  },
  {
    why: ROUTE_OF_NOTHING,
    cases: {
      'nested: GET /open/window': ['GET /open', 'GET'],
      'applications: GET /admin/nothing': ['GET /admin', 'GET'],
      'answered: GET /': ['GET /', 'GET'],
      'unanswered: GET /missing/7': ['GET /missing/:id', 'GET'],
    },
  },
  {
    why: ROUTE_OF_NOTHING,
    setups: ['express', 'express-5-0'],
    cases: Object.fromEntries(
      ['/passes/7', '/checked/7/8', '/nothing'].map((path) => [`unanswered: GET ${path}`, ['GET /', 'GET']]),
    ),
  },
  {
    why: ROUTE_OF_NOTHING,
    setups: ['express-4'],
    cases: Object.fromEntries(
      ['/passes/7', '/checked/7/8', '/nothing'].map((path) => [`unanswered: GET ${path}`, ['GET *', 'GET']]),
    ),
  },
  {
    why: CATCH_ALL,
    setups: ['express', 'express-5-0'],
    cases: {
      'catching all: GET /nothing?page=1': ['GET /', 'GET /{*all}'],
      'catching all: GET /nothing': ['GET /', 'GET'],
      'catching all: GET /': ['GET /', 'GET'],
      'unanswered: GET /continues/7': ['GET /', 'GET /{*all}'],
    },
  },
  {
    why: CATCH_ALL,
    setups: ['express-4'],
    cases: {
      'catching all: GET /nothing': ['GET *', 'GET'],
      'catching all: GET /': ['GET *', 'GET'],
    },
  },
  {
    why: 'an error of middleware, or of an application within another, that is answered further out has no route',
    cases: {
      'nested: GET /broken/7': ['GET /broken', 'GET'],
      'applications: GET /admin/jobs/nightly/8/fails': ['GET /admin/jobs/:kind/:job/fails', 'GET'],
    },
  },
  {
    why: 'an application that was given to the `use` of a router does not know where it is',
    cases: { 'applications: GET /router/app/inner/1': ['GET /router/app/inner/:id', 'GET'] },
  },
  {
    why: OLD_ROUTER,
    setups: ['express-5-0'],
    cases: {
      'nested: GET /left/items/1': ['GET /left,/right/:side/items/:item', 'GET /left/items/:item'],
      'nested: GET /right/up/items/1': ['GET /left,/right/:side/items/:item', 'GET /right/:side/items/:item'],
      'nested: GET /by/7/items/3': [String.raw`GET /^\/by\/\d+/items/:item`, 'GET'],
      'applications: GET /a/inner/1': ['GET /a,/b/:c/inner/:id', 'GET /a/inner/:id'],
      'applications: GET /b/x/inner/1': ['GET /a,/b/:c/inner/:id', 'GET /b/:c/inner/:id'],
    },
  },
];

export const OF_NEST_ON_EXPRESS: readonly WantedDifference[] = [
  { why: ROUTE_OF_NOTHING, cases: { 'prefixed and versioned: GET /': ['GET /', 'GET'] } },
];

export const OF_KOA: readonly WantedDifference[] = [
  {
    why: 'a handler of several routes has the route that it was called for',
    cases: { 'plain: GET /shared/7/again': ['GET', 'GET /shared/:id/again'] },
  },
  {
    why: CHOSEN,
    cases: { 'nested: GET /api/closed/7': ['GET /api/closed', 'GET /api/closed/:id'] },
  },
  { why: CHOSEN, setups: ['Koa 3'], cases: surrounded(String.raw`(?:\/|$)`, '/files/*path') },
  { why: CHOSEN, setups: ['Koa 2'], cases: surrounded('([^/]*)', '/files/(.*)') },
];

/** Where middleware of a router answers, which has been given no path, so that the router calls it by an expression. */
function surrounded(all: string, rest: string): WantedDifference['cases'] {
  return {
    'surrounded: GET /users/7?refused=1': [`GET ${all}`, 'GET /users/:id'],
    'surrounded: HEAD /users/7?refused=1': [`HEAD ${all}`, 'HEAD /users/:id'],
    'surrounded: GET /several/7?refused=1': [`GET ${all}`, 'GET /several/:other'],
    'surrounded: POST /several/7?refused=1': [`POST ${all}`, 'POST /several/:posted'],
    'surrounded: GET /files/a/b?refused=1': [`GET ${all}`, `GET ${rest}`],
    'surrounded: GET /behind/passes/7': [`GET /behind${all}`, 'GET /behind/passes/:id'],
    'surrounded: GET /behind/several/7': [`GET /behind${all}`, 'GET /behind/several/:other'],
  };
}

export const OF_HAPI: readonly WantedDifference[] = [
  {
    why: CHOSEN,
    cases: {
      'plain: GET /closed/7': ['GET', 'GET /closed/{id}'],
      'plain: GET /validated/x': ['GET', 'GET /validated/{id}'],
    },
  },
  {
    why: 'a route of a plugin has the prefix that the plugin was registered with',
    cases: {
      'plugins: GET /v1': ['GET /', 'GET /v1'],
      'plugins: GET /v1/': ['GET /', 'GET /v1'],
      'plugins: GET /v1/items/7': ['GET /items/{item}', 'GET /v1/items/{item}'],
      'plugins: GET /v1/items/7/': ['GET /items/{item}', 'GET /v1/items/{item}'],
      'plugins: GET /v1/fails/7': ['GET /fails/{item}', 'GET /v1/fails/{item}'],
      'plugins: GET /tenants/acme/home': ['GET /home', 'GET /tenants/{tenant}/home'],
      'plugins: GET /at/hosted/7': ['GET /hosted/{id}', 'GET /at/hosted/{id}'],
    },
  },
];
