import { ENDPOINT_ORDERS, type EndpointOrder } from '../../store/questions/analytics.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../store/archive.ts';
import {
  CONSUMER_KINDS,
  CONSUMER_ORDERS,
  type ConsumerKind,
  type ConsumerOrder,
} from '../../store/questions/consumer-list.ts';
import { EVENT_ORDERS, type EventOrder } from '../../store/questions/event-order.ts';
import { DEFAULT_THRESHOLD } from '../../store/figures/latency-figures.ts';
import { isTimeZone } from '../../store/figures/week.ts';
import { DIMENSIONS, type Dimension } from '../../store/questions/value-list.ts';
import { MAX_THRESHOLD_MILLIS } from '../bodies.ts';
import { parseCursor, type Cursor } from '../cursor.ts';
import type { RouteName } from '../route-needs.ts';
import {
  FILTER_PARAMETERS,
  MEMBER_PARAMETERS,
  type FilterParameters,
  type MemberParameters,
} from './filter.ts';
import {
  bucketParameter,
  given,
  hexParameter,
  integerParameter,
  limitParameter,
  patternParameter,
  pseudonymParameter,
  searchParameter,
  textParameter,
  wordParameter,
  type Parameters,
} from './parameters.ts';

/** Of a route that takes no parameter. */
type Nothing = Readonly<Record<string, never>>;

interface ById {
  readonly id: string;
}

interface Limited {
  readonly limit?: number | undefined;
}

interface Searched extends Limited {
  readonly q?: string | undefined;
}

interface InBuckets {
  readonly bucket?: number | undefined;
}

interface WithThreshold {
  /** Milliseconds. */
  readonly threshold?: number | undefined;
}

interface OfEndpoint {
  readonly client_id: string;
  readonly method?: string | undefined;
  readonly endpoint: string;
}

/** What may be asked of a route, as it is read. */
interface Questions {
  readonly 'GET /api/events': FilterParameters &
    Limited & { readonly order?: EventOrder | undefined; readonly cursor?: Cursor | undefined };
  readonly 'GET /api/events/detail': Pick<FilterParameters, 'since' | 'until' | 'trace_id'> & {
    readonly id?: number | undefined;
    readonly span_id?: string | undefined;
  };
  readonly 'GET /api/summary': FilterParameters & InBuckets;
  readonly 'GET /api/overview': FilterParameters & InBuckets;
  readonly 'GET /api/endpoints': FilterParameters &
    Searched &
    WithThreshold & { readonly sort?: EndpointOrder | undefined };
  readonly 'GET /api/errors': FilterParameters & Limited;
  readonly 'GET /api/latency': FilterParameters & InBuckets & WithThreshold;
  readonly 'PUT /api/apdex-thresholds': OfEndpoint;
  readonly 'DELETE /api/apdex-thresholds': OfEndpoint;
  readonly 'GET /api/week': FilterParameters & { readonly time_zone?: string | undefined };
  readonly 'GET /api/clients': FilterParameters & Searched;
  readonly 'GET /api/consumers': FilterParameters &
    Searched & { readonly by?: ConsumerKind | undefined; readonly sort?: ConsumerOrder | undefined };
  readonly 'GET /api/custom-metrics': FilterParameters & Searched;
  readonly 'GET /api/custom-metrics/detail': FilterParameters &
    InBuckets & { readonly name: string; readonly group?: 'endpoint' | undefined };
  readonly 'GET /api/values': FilterParameters &
    Searched & { readonly of: Dimension; readonly part?: 'latest' | undefined };
  readonly 'GET /api/releases': Limited & Pick<FilterParameters, 'since' | 'until' | 'client_id' | 'release'>;
  readonly 'GET /api/sources': Searched & Pick<FilterParameters, 'client_id'>;
  readonly 'GET /api/nodes': Limited;
  readonly 'GET /api/live': MemberParameters;
  readonly 'GET /api/export': FilterParameters & { readonly format?: ExportFormat | undefined };
  readonly 'DELETE /api/tokens': ById;
  readonly 'PUT /api/alerts': ById;
  readonly 'DELETE /api/alerts': ById;
  readonly 'GET /api/alerts/log': Limited;
  readonly 'PUT /api/alerts/destinations': ById;
  readonly 'DELETE /api/alerts/destinations': ById;
  readonly 'POST /api/alerts/test': ById;
  readonly 'DELETE /api/shares': ById;
}

/** The description of each route. */
type Descriptions = {
  readonly [Name in RouteName]: Name extends keyof Questions ? Parameters<Questions[Name]> : Nothing | 'any';
};

const ID: Parameters<ById> = { id: given(textParameter('The `id` of what is to change or to end.')) };

const ENDPOINT: Parameters<OfEndpoint> = {
  client_id: given(textParameter('The application.')),
  method: textParameter('The HTTP method; none where requests of all methods are listed together.'),
  endpoint: given(textParameter('The name under which the endpoint is listed.')),
};

const thresholdParameter = (than: string): Parameters<WithThreshold>['threshold'] =>
  integerParameter(`What is fast enough, milliseconds, by default ${DEFAULT_THRESHOLD}${than}.`, {
    min: 1,
    max: MAX_THRESHOLD_MILLIS,
    text: `milliseconds from 1 to ${MAX_THRESHOLD_MILLIS}`,
  });

const searched = (what: string): Parameters<Searched>['q'] =>
  searchParameter(`Only ${what} with this text in them, in any case.`);

/**
 * Every route, and what may be asked of it: the one description that questions are read and refused by. `any`: it asks for
 * nothing, and what others add to it does not matter.
 */
export const QUERIES: Descriptions = {
  'GET /healthz': 'any',
  'GET /livez': 'any',
  'GET /readyz': 'any',
  'GET /openapi.json': {},
  'GET /schemas/event.json': {},
  'GET /metrics': 'any',
  'GET /ws/events': 'any',
  'POST /v1/ingest/batch': 'any',
  'POST /v1/traces': 'any',
  'GET /api/secret-key': 'any',
  'GET /api/events': {
    ...FILTER_PARAMETERS,
    order: wordParameter(
      'What comes first, by default `newest`. Of `slowest` and `largest` events without a latency or a size are left out.',
      EVENT_ORDERS,
    ),
    limit: limitParameter(100, 1000),
    cursor: patternParameter(
      'Where the page before ended, in the same order.',
      'the `next` of an earlier answer',
      /^[\w-]+$/,
      parseCursor,
    ),
  },
  'GET /api/events/detail': {
    since: FILTER_PARAMETERS.since,
    until: FILTER_PARAMETERS.until,
    id: integerParameter('The event; or else its `trace_id` and its `span_id`.', {
      min: 0,
      max: 999_999_999_999_999,
      text: 'the `id` of an event',
    }),
    trace_id: FILTER_PARAMETERS.trace_id,
    span_id: hexParameter('The span.', 16),
  },
  'GET /api/summary': { ...FILTER_PARAMETERS, bucket: bucketParameter() },
  'GET /api/overview': { ...FILTER_PARAMETERS, bucket: bucketParameter() },
  'GET /api/endpoints': {
    ...FILTER_PARAMETERS,
    sort: wordParameter(
      'By what they are ordered, the highest first; by `apdex` the lowest, or by name; by default `requests`.',
      ENDPOINT_ORDERS,
    ),
    q: searched('endpoints'),
    threshold: thresholdParameter('; where an endpoint has its own, that'),
    limit: limitParameter(50, 5000),
  },
  'GET /api/errors': { ...FILTER_PARAMETERS, limit: limitParameter(100, 1000) },
  'GET /api/latency': {
    ...FILTER_PARAMETERS,
    bucket: bucketParameter(),
    threshold: thresholdParameter(' or what the endpoint has as its own'),
  },
  'GET /api/apdex-thresholds': {},
  'PUT /api/apdex-thresholds': ENDPOINT,
  'DELETE /api/apdex-thresholds': ENDPOINT,
  'GET /api/week': {
    ...FILTER_PARAMETERS,
    time_zone: patternParameter(
      'Whose hours they are, by default `UTC`.',
      'the name of a time zone such as Europe/Berlin',
      /^[\w+-]+(?:\/[\w+-]+)*$/,
      (text) => (isTimeZone(text) ? text : undefined),
    ),
  },
  'GET /api/clients': {
    ...FILTER_PARAMETERS,
    q: pseudonymParameter('Only clients whose pseudonyms begin so, in any case.'),
    limit: limitParameter(20, 200),
  },
  'GET /api/custom-metrics': {
    ...FILTER_PARAMETERS,
    q: searched('metrics'),
    limit: limitParameter(100, 1000),
  },
  'GET /api/consumers': {
    ...FILTER_PARAMETERS,
    by: wordParameter('What they are told apart by, by default `consumer`.', CONSUMER_KINDS),
    sort: wordParameter(
      'By what they are ordered, the highest or the latest first; by default `requests`.',
      CONSUMER_ORDERS,
    ),
    q: searched('consumers'),
    limit: limitParameter(50, 200),
  },
  'GET /api/custom-metrics/detail': {
    ...FILTER_PARAMETERS,
    name: given(searchParameter('The metric.')),
    bucket: bucketParameter(),
    group: wordParameter('Adds figures per endpoint.', ['endpoint']),
  },
  'GET /api/values': {
    ...FILTER_PARAMETERS,
    of: given(wordParameter('Of what.', DIMENSIONS)),
    q: searched('values'),
    part: wordParameter(
      'Where only single events tell, the latest part of the range is enough: its last hours that have 250,000 requests of all applications, and a million where nothing is found in these.',
      ['latest'],
    ),
    limit: limitParameter(20, 200),
  },
  'GET /api/releases': {
    since: FILTER_PARAMETERS.since,
    until: FILTER_PARAMETERS.until,
    client_id: textParameter('The application.'),
    release: textParameter('The release, whole.'),
    limit: limitParameter(50, 200),
  },
  'GET /api/sources': {
    client_id: textParameter('The application.'),
    q: searched('senders'),
    limit: limitParameter(100, 1000),
  },
  'GET /api/nodes': { limit: limitParameter(100, 1000) },
  'GET /api/live': MEMBER_PARAMETERS,
  'GET /api/export': {
    ...FILTER_PARAMETERS,
    format: wordParameter('The format of the file, by default `ndjson`.', EXPORT_FORMATS),
  },
  'GET /api/backup': {},
  'GET /api/tokens': {},
  'POST /api/tokens': {},
  'DELETE /api/tokens': ID,
  'GET /api/shares': {},
  'POST /api/shares': {},
  'DELETE /api/shares': ID,
  'GET /api/alerts': {},
  'POST /api/alerts': {},
  'PUT /api/alerts': ID,
  'DELETE /api/alerts': ID,
  'POST /api/alerts/preview': {},
  'GET /api/alerts/log': { limit: limitParameter(100, 1000) },
  'POST /api/alerts/destinations': {},
  'PUT /api/alerts/destinations': ID,
  'DELETE /api/alerts/destinations': ID,
  'POST /api/alerts/test': ID,
  'GET /api/session': {},
  'POST /api/session': {},
  'DELETE /api/session': {},
};
