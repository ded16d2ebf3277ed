import type { ExportQuery } from '../../store/archive.ts';
import type { EventOrder } from '../../store/questions/event-order.ts';
import type { EventFilter } from '../../store/filter/event-filter.ts';
import type { EventQuery, SummaryQuery } from '../../store/questions/event-query.ts';
import { QUERIES } from './descriptions.ts';
import { filterOf, metricProblem } from './filter.ts';
import { mapQuery, readQuery, type ParsedQuery } from './reading.ts';

/** A page of events in a known order. */
type PageQuery = EventQuery & { readonly order: EventOrder };

/** Reads the parameters of `GET /api/events`. */
export function parseEventQuery(params: URLSearchParams): ParsedQuery<PageQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/events'], params), (given) => {
    const { order = 'newest', cursor, limit = 100 } = given;
    if (cursor !== undefined && cursor.order !== order)
      return '`cursor` must be the `next` of an earlier answer in the same order';
    return metricProblem(given) ?? { ...filterOf(given), limit, order, after: cursor };
  });
}

/** Reads the parameters of `GET /api/events/detail`. */
export function parseOneEventQuery(params: URLSearchParams): ParsedQuery<EventQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/events/detail'], params), (given) => {
    const { id, trace_id: traceId, span_id: spanId, since, until } = given;
    if (id === undefined && (traceId === undefined || spanId === undefined))
      return '`id` must be given, or `trace_id` and `span_id`';
    return { id, traceId, spanId, since, until, limit: 1 };
  });
}

/** Reads the parameters of `GET /api/summary`. */
export function parseSummaryQuery(params: URLSearchParams): ParsedQuery<SummaryQuery> {
  return mapQuery(
    readQuery(QUERIES['GET /api/summary'], params),
    (given) => metricProblem(given) ?? { ...filterOf(given), bucketMillis: given.bucket },
  );
}

/** Reads the parameters of `GET /api/export`. */
export function parseExportQuery(params: URLSearchParams): ParsedQuery<ExportQuery> {
  return mapQuery(
    readQuery(QUERIES['GET /api/export'], params),
    (given) => metricProblem(given) ?? { ...filterOf(given), format: given.format ?? 'ndjson' },
  );
}

/** Reads the parameters of `GET /api/live`. */
export function parseLiveQuery(params: URLSearchParams): ParsedQuery<EventFilter> {
  return mapQuery(
    readQuery(QUERIES['GET /api/live'], params),
    (given) => metricProblem(given) ?? filterOf(given),
  );
}
