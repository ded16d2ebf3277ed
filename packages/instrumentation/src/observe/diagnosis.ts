import type { Delivery } from './delivery.ts';
import { routeAdvice, type RoutingFramework, type SetUpBy } from './route-advice.ts';

/** What a processor has seen of its first requests. */
export interface Observations {
  /** Requests that Node announced, without those of `ignorePaths`. */
  readonly requests: number;
  /** SERVER spans of these. */
  readonly spans: number;
  /** Requests that were answered with a status below 400; only they must have a route. */
  readonly served: number;
  /** Of these, with `http.route`. */
  readonly routed: number;
  /** What serves them and knows routes, as far as it is known. */
  readonly framework: RoutingFramework | undefined;
  readonly setUpBy: SetUpBy;
  /** The version of `@opentelemetry/api` that the SDK was registered with, where it is out of our copy's sight. */
  readonly foreignApi: string | undefined;
  /** What the exporter says of itself; undefined without an exporter of our own. */
  readonly delivery: Delivery | undefined;
}

/** Fewer requests without a span than this may be an ignore hook's. */
const FEW_MISSING = 5;
/** Fewer requests without a route than this may be those for files, where what names routes is installed. */
const FEW_ROUTELESS = 5;

/** What keeps data away, each finding a sentence or two: what was seen, and what to do. Pure. */
export function diagnose(seen: Observations): string[] {
  return [spanless(seen), unsampled(seen), routeless(seen), foreign(seen), undelivered(seen)].filter(
    (finding) => finding !== undefined,
  );
}

function spanless({ requests, spans }: Observations): string | undefined {
  if (requests === 0 || spans > 0) return undefined;
  return (
    `${requests} ${requests === 1 ? 'request' : 'requests'} came in and none got a SERVER span. HttpInstrumentation is missing, or was set up after the ` +
    'application had loaded node:http; and an application of ES modules needs the loader hook ' +
    "(`register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)` in a file given to `node --import`). " +
    'Or the sampler leaves out all of them: put CerberusSampler around it (withCerberus does)'
  );
}

function unsampled({ requests, spans }: Observations): string | undefined {
  const missing = requests - spans;
  if (spans === 0 || missing < FEW_MISSING || missing * 20 < requests) return undefined;
  return (
    `${missing} of ${requests} requests got no span, so they are not counted. If a sampler leaves them out, put ` +
    'CerberusSampler around it (withCerberus does); if `ignoreIncomingRequestHook` does, this is as you wanted it'
  );
}

function routeless({ served, routed, framework, setUpBy }: Observations): string | undefined {
  if (served === 0 || routed > 0 || framework === undefined) return undefined;
  if (framework.command === undefined && served < FEW_ROUTELESS) return undefined;
  return `no request has a route although ${framework.name} is used. ${routeAdvice(framework, setUpBy)}`;
}

function foreign({ foreignApi }: Observations): string | undefined {
  if (foreignApi === undefined) return undefined;
  return (
    `the SDK is registered with @opentelemetry/api ${foreignApi}, and this package resolves another one that does not ` +
    'see it: setMetric, setUserId and setConsumer do nothing. `npm ls @opentelemetry/api` shows both; make them one'
  );
}

function undelivered({ delivery }: Observations): string | undefined {
  if (delivery === undefined || delivery.accepted === 0 || delivery.acked > 0) return undefined;
  const why = delivery.lastFailure === null ? `the connection is ${delivery.state}` : delivery.lastFailure;
  return `the backend has acknowledged none of ${delivery.accepted} events so far: ${why}`;
}
