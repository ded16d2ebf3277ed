import type { ExportQuery } from '../../store/archive.ts';
import type { EventFilter } from '../../store/filter/event-filter.ts';
import type { EventQuery, SummaryQuery } from '../../store/event-query.ts';
import { QUERIES } from './descriptions.ts';
import { filterOf, metricProblem } from './filter.ts';
import { mapQuery, readQuery, type ParsedQuery } from './reading.ts';

/** Reads the parameters of `GET /api/events`. */
export function parseEventQuery(params: URLSearchParams): ParsedQuery<EventQuery> {
  return mapQuery(
    readQuery(QUERIES['GET /api/events'], params),
    (given) => metricProblem(given) ?? { ...filterOf(given), limit: given.limit ?? 100, after: given.cursor },
  );
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
