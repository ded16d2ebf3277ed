import { ENDPOINT_ORDERS, type EndpointOrder } from '../../store/analytics.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../store/archive.ts';
import { EVENT_ORDERS, type EventOrder } from '../../store/event-order.ts';
import { isTimeZone } from '../../store/figures/week.ts';
import { DIMENSIONS, type Dimension } from '../../store/value-list.ts';
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
  hexParameter,
  limitParameter,
  parameter,
  pseudonymParameter,
  searchParameter,
  textParameter,
  wordParameter,
  type Parameters,
} from './parameters.ts';

/** Of a route that takes no parameter. */
type Nothing = Readonly<Record<string, never>>;

interface ById {
  readonly id?: string | undefined;
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
  readonly 'GET /api/endpoints': FilterParameters & Searched & { readonly sort?: EndpointOrder | undefined };
  readonly 'GET /api/errors': FilterParameters & Limited;
  readonly 'GET /api/latency': FilterParameters & InBuckets & { readonly threshold?: number | undefined };
  readonly 'GET /api/week': FilterParameters & { readonly time_zone?: string | undefined };
  readonly 'GET /api/clients': FilterParameters & Searched;
  readonly 'GET /api/custom-metrics': FilterParameters & Searched;
  readonly 'GET /api/custom-metrics/detail': FilterParameters &
    InBuckets & { readonly name?: string | undefined; readonly group?: 'endpoint' | undefined };
  readonly 'GET /api/values': FilterParameters & Searched & { readonly of?: Dimension | undefined };
  readonly 'GET /api/sources': Searched & Pick<FilterParameters, 'client_id'>;
  readonly 'GET /api/nodes': Limited;
  readonly 'GET /api/live': MemberParameters;
  readonly 'GET /api/export': FilterParameters & { readonly format?: ExportFormat | undefined };
  readonly 'DELETE /api/tokens': ById;
  readonly 'DELETE /api/shares': ById;
}

/** The description of each route. */
type Descriptions = {
  readonly [Name in RouteName]: Name extends keyof Questions ? Parameters<Questions[Name]> : Nothing | 'any';
};

const ID: Parameters<ById> = { id: textParameter() };

/**
 * Every route, and what may be asked of it: the one description that questions are read and refused by. `any`: it asks for
 * nothing, and what others add to it does not matter.
 */
export const QUERIES: Descriptions = {
  'GET /healthz': 'any',
  'GET /livez': 'any',
  'GET /readyz': 'any',
  'GET /metrics': 'any',
  'GET /ws/events': 'any',
  'POST /v1/ingest/batch': 'any',
  'GET /api/secret-key': 'any',
  'GET /api/events': {
    ...FILTER_PARAMETERS,
    order: wordParameter(EVENT_ORDERS),
    limit: limitParameter(1000),
    cursor: parameter('the `next` of an earlier answer', parseCursor),
  },
  'GET /api/events/detail': {
    since: FILTER_PARAMETERS.since,
    until: FILTER_PARAMETERS.until,
    id: parameter('the `id` of an event', (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)),
    trace_id: FILTER_PARAMETERS.trace_id,
    span_id: hexParameter(16),
  },
  'GET /api/summary': { ...FILTER_PARAMETERS, bucket: bucketParameter() },
  'GET /api/overview': { ...FILTER_PARAMETERS, bucket: bucketParameter() },
  'GET /api/endpoints': {
    ...FILTER_PARAMETERS,
    sort: wordParameter(ENDPOINT_ORDERS),
    q: searchParameter(),
    limit: limitParameter(5000),
  },
  'GET /api/errors': { ...FILTER_PARAMETERS, limit: limitParameter(1000) },
  'GET /api/latency': {
    ...FILTER_PARAMETERS,
    bucket: bucketParameter(),
    threshold: parameter('milliseconds from 1 to 3600000', (text) => {
      const millis = /^\d{1,7}$/.test(text) ? Number(text) : 0;
      return millis >= 1 && millis <= 3_600_000 ? millis : undefined;
    }),
  },
  'GET /api/week': {
    ...FILTER_PARAMETERS,
    time_zone: parameter('the name of a time zone such as Europe/Berlin', (text) =>
      isTimeZone(text) ? text : undefined,
    ),
  },
  'GET /api/clients': { ...FILTER_PARAMETERS, q: pseudonymParameter(), limit: limitParameter(200) },
  'GET /api/custom-metrics': { ...FILTER_PARAMETERS, q: searchParameter(), limit: limitParameter(1000) },
  'GET /api/custom-metrics/detail': {
    ...FILTER_PARAMETERS,
    name: parameter('the name of a metric', (text) => text),
    bucket: bucketParameter(),
    group: wordParameter(['endpoint']),
  },
  'GET /api/values': {
    ...FILTER_PARAMETERS,
    of: wordParameter(DIMENSIONS),
    q: searchParameter(),
    limit: limitParameter(200),
  },
  'GET /api/sources': { client_id: textParameter(), q: searchParameter(), limit: limitParameter(1000) },
  'GET /api/nodes': { limit: limitParameter(1000) },
  'GET /api/live': MEMBER_PARAMETERS,
  'GET /api/export': { ...FILTER_PARAMETERS, format: wordParameter(EXPORT_FORMATS) },
  'GET /api/backup': {},
  'GET /api/tokens': {},
  'POST /api/tokens': {},
  'DELETE /api/tokens': ID,
  'GET /api/shares': {},
  'POST /api/shares': {},
  'DELETE /api/shares': ID,
  'GET /api/session': {},
  'POST /api/session': {},
  'DELETE /api/session': {},
};
