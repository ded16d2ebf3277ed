import { invalid, listOf, type OptionKind } from '@cerberus-otel/exporter-ws/internal';
import { isPromised } from './promised.ts';

/** A path to ignore: text in which `*` stands for anything, a regular expression, or a function. */
export type PathPattern = string | RegExp | ((path: string) => boolean);

/** Whether requests to `path` are left out. */
export type PathFilter = (path: string) => boolean;

/**
 * What orchestrators, load balancers and health libraries ask by default or in their documentation, and nothing that could be
 * a resource of an API: so not `/`, `/live`, `/ping`, `/status`, `/up`, nor anything below `/api`.
 */
const HEALTH_CHECKS: readonly string[] = [
  // Kubernetes' own components, and what its documentation lets applications copy.
  '/healthz',
  '/livez',
  '/readyz',
  '/startupz',
  '/healthz/live',
  '/healthz/ready',
  // Load balancers (AWS, Azure, Google), Nest's and Node's terminus, lightship, Cerberus backends (`ready`, `health_check`).
  '/health',
  '/ready',
  '/healthcheck',
  '/health-check',
  '/health_check',
  // MicroProfile Health, Spring and what was named after them.
  '/health/live',
  '/health/ready',
  '/health/started',
  '/health/startup',
  '/health/liveness',
  '/health/readiness',
  '/actuator/health',
  '/actuator/health/liveness',
  '/actuator/health/readiness',
  // App Engine, Dockerflow.
  '/_ah/health',
  '/__heartbeat__',
  '/__lbheartbeat__',
];

/** The health service of gRPC, which Kubernetes and load balancers call. */
const GRPC_HEALTH_CHECKS: readonly string[] = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
];

const DEFAULT_IGNORED_PATHS: readonly string[] = [
  ...HEALTH_CHECKS,
  ...HEALTH_CHECKS.map((path) => `${path}/`),
  ...GRPC_HEALTH_CHECKS,
];

const RULE = 'a list of paths (text with `*`, regular expressions, functions) or a function';

/** The option `ignorePaths`, compiled; a list replaces the default. */
export function ignorePathsOption(): OptionKind<PathFilter> {
  return {
    fallback: compile(DEFAULT_IGNORED_PATHS),
    fromEnv: listOf,
    parse(value, name) {
      if (typeof value === 'function') return compile([value as PathFilter]);
      if (Array.isArray(value) && value.every((pattern) => isPattern(pattern))) return compile(value);
      return invalid(name, RULE, value === null ? 'null' : typeof value);
    },
  };
}

/** As `filter`, for callers that must not throw: a path that it fails on is not left out. */
export function guarded(filter: PathFilter, onError: (error: unknown) => void): PathFilter {
  return (path) => {
    try {
      return filter(path);
    } catch (error) {
      onError(error);
      return false;
    }
  };
}

function isPattern(pattern: unknown): pattern is PathPattern {
  return typeof pattern === 'string' || typeof pattern === 'function' || pattern instanceof RegExp;
}

function compile(patterns: readonly PathPattern[]): PathFilter {
  const exact = new Set(patterns.filter((pattern) => typeof pattern === 'string' && !pattern.includes('*')));
  const others = patterns.filter((pattern) => !exact.has(pattern)).map((pattern) => matcherOf(pattern));
  const longest = Math.max(0, ...[...exact].map((pattern) => (pattern as string).length));
  // A look into the set hashes the path, which is a new text in every request.
  return (path) => (path.length <= longest && exact.has(path)) || others.some((matches) => matches(path));
}

function matcherOf(pattern: PathPattern): PathFilter {
  if (typeof pattern === 'function') return (path) => answered(pattern(path));
  // `search` starts at 0 whatever the flags, where `test` of a /g expression remembers its last match.
  if (pattern instanceof RegExp) return (path) => path.search(pattern) !== -1;
  return wildcard(pattern.split('*'));
}

/** Throws for a promise, which would leave out everything, whatever comes of it. */
function answered(answer: boolean): boolean {
  if (isPromised(answer, () => undefined)) throw new TypeError('a promise in the place of an answer');
  return answer;
}

/** Matches literals in order, each at its first possible place: linear, unlike `.*` in a regular expression. */
function wildcard(literals: readonly string[]): PathFilter {
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  const middle = literals.slice(1, -1);
  return (path) => {
    if (!path.startsWith(first) || !path.endsWith(last)) return false;
    let from = first.length;
    for (const literal of middle) {
      const found = path.indexOf(literal, from);
      if (found === -1) return false;
      from = found + literal.length;
    }
    return from <= path.length - last.length;
  };
}
