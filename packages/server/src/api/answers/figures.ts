import * as v from 'valibot';

import { OUTCOMES } from '../../event/event.ts';
import { bucketMillis, count, estimated, figure, latency, more, share, time, total } from './members.ts';

const totals = v.object({ requests: count, errors: count, clients: count, latency_ms: latency });

const byStatus = v.object({ '2xx': count, '3xx': count, '4xx': count, '5xx': count, none: count });

/** `GET /api/summary`. */
export const SUMMARY = v.object({
  requests: count,
  errors: count,
  clients: count,
  latency_ms: latency,
  buckets: v.pipe(
    v.array(v.object({ start: time, requests: count, errors: count })),
    v.description('In order of time; those without a request are left out.'),
  ),
  endpoints: v.pipe(
    v.array(
      v.object({ method: v.string(), endpoint: v.string(), requests: count, errors: count, p95: figure }),
    ),
    v.description('The busiest first, at most 1,000.'),
  ),
});

/** `GET /api/overview`. */
export const OVERVIEW = v.object({
  since: time,
  until: time,
  bucket_millis: bucketMillis,
  now: v.object({
    requests_per_second: v.pipe(
      figure,
      v.description('Over the last ten seconds; null under a filter that only events can answer.'),
    ),
  }),
  estimated,
  totals,
  previous: v.pipe(totals, v.description('The range of equal length before.')),
  series: v.pipe(
    v.array(
      v.object({ start: time, requests: count, errors: count, by_status: byStatus, latency_ms: latency }),
    ),
    v.description('Every bucket of the range, in order of time.'),
  ),
  methods: v.array(v.object({ method: v.string(), requests: count })),
  outcomes: v.array(v.object({ outcome: v.nullable(v.picklist(OUTCOMES)), requests: count })),
  status_codes: v.array(v.object({ status_code: v.nullable(count), requests: count })),
  histogram: v.pipe(
    v.array(v.object({ from: v.number(), to: v.number(), requests: count })),
    v.description('Latencies, milliseconds: above `from` (in the first one: from it on) and up to `to`.'),
  ),
});

/** `GET /api/endpoints`. */
export const ENDPOINTS = v.object({
  endpoints: v.array(
    v.object({
      method: v.string(),
      endpoint: v.pipe(v.string(), v.description('The route, or the path where there is no route.')),
      requests: count,
      errors: count,
      sparkline: v.pipe(v.array(count), v.description('Requests in each of 30 equal parts of the range.')),
      share: v.pipe(share, v.description('Of all requests.')),
      latency_ms: latency,
    }),
  ),
  total,
  estimated,
});

/** `GET /api/clients`. */
export const CLIENTS = v.object({
  clients: v.array(v.object({ source_ip: v.string(), requests: count, errors: count, last_seen: time })),
  more,
});

/** `GET /api/values`. */
export const VALUES = v.object({
  values: v.pipe(
    v.array(v.object({ value: v.string(), requests: count })),
    v.description('As the filter takes them; those with the most requests first.'),
  ),
  more,
});
