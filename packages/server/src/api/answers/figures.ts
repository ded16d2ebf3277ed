import * as v from 'valibot';

import { OUTCOMES } from '../../event/event.ts';
import { bucketMillis, count, estimated, figure, latency, more, share, time, total } from './members.ts';

const totals = v.object({ requests: count, errors: count, clients: count, latency_ms: latency });

const byStatus = v.object({ '2xx': count, '3xx': count, '4xx': count, '5xx': count, none: count });

const method = v.pipe(
  v.nullable(v.string()),
  v.description('Null where requests of all methods are listed together.'),
);

const endpointName = v.pipe(v.string(), v.description('The route, or what the server puts in its place.'));

const inferred = v.pipe(v.boolean(), v.description('The name was inferred from paths.'));

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
  previous: v.pipe(v.nullable(totals), v.description('The range of equal length before.')),
  not_compared: v.pipe(
    v.nullable(v.picklist(['not_kept', 'few_requests'])),
    v.description('Why there is no range before to compare with.'),
  ),
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
      client_id: v.string(),
      method,
      endpoint: endpointName,
      inferred,
      requests: count,
      errors: count,
      client_errors: v.pipe(count, v.description('With a status from 400 to 499.')),
      sparkline: v.pipe(v.array(count), v.description('Requests in each of 30 equal parts of the range.')),
      share: v.pipe(share, v.description('Of all requests.')),
      latency_ms: latency,
      apdex: v.pipe(
        v.nullable(share),
        v.description('Of `threshold_ms`; null without a latency. Never estimated.'),
      ),
      threshold_ms: v.pipe(
        count,
        v.description('That of the endpoint, where it has its own, or that of the question.'),
      ),
      own_threshold: v.pipe(v.boolean(), v.description('It is that of the endpoint.')),
    }),
  ),
  total,
  estimated,
});

const endpointOfApplication = { client_id: v.string(), method, endpoint: endpointName };

/** `DELETE /api/apdex-thresholds`: the endpoint that has none any more. */
export const APDEX_ENDPOINT = v.object(endpointOfApplication);

/** `PUT /api/apdex-thresholds`. */
export const APDEX_THRESHOLD = v.object({ ...endpointOfApplication, threshold_ms: count });

/** `GET /api/apdex-thresholds`. */
export const APDEX_THRESHOLDS = v.object({ thresholds: v.array(APDEX_THRESHOLD) });

/** `GET /api/errors`. */
export const ERRORS = v.object({
  errors: v.array(
    v.object({
      client_id: v.string(),
      method,
      endpoint: endpointName,
      inferred,
      error_type: v.nullable(v.string()),
      status_code: v.nullable(count),
      requests: count,
      first_seen: time,
      last_seen: time,
      sparkline: v.pipe(v.array(count), v.description('Requests in each of 30 equal parts of the range.')),
    }),
  ),
  total,
  requests: v.pipe(count, v.description('Of all of them, listed or not.')),
});

/** `GET /api/latency`. */
export const LATENCY = v.object({
  since: time,
  until: time,
  bucket_millis: bucketMillis,
  apdex: v.object({
    threshold_ms: v.pipe(
      count,
      v.description('That of the question; without one that of the endpoint that it is about.'),
    ),
    own_threshold_ms: v.pipe(
      v.nullable(count),
      v.description(
        'That of the endpoint; null where it has none, or the question is not about one endpoint.',
      ),
    ),
    score: v.nullable(share),
    satisfied: v.pipe(
      count,
      v.description('Up to the threshold; what is up to 4 % above it is taken for that.'),
    ),
    tolerating: v.pipe(count, v.description('Up to four times the threshold.')),
    frustrated: v.pipe(count, v.description('Above that.')),
    satisfied_to_ms: v.pipe(
      v.number(),
      v.description('The longest latency that is counted as `satisfied`: latencies are counted in buckets.'),
    ),
    tolerating_to_ms: v.pipe(v.number(), v.description('The longest one that is counted as `tolerating`.')),
  }),
  bins: v.pipe(
    v.array(v.object({ from: v.number(), to: v.number(), requests: count })),
    v.description('Latencies, milliseconds, of the whole range.'),
  ),
  heat: v.pipe(
    v.array(v.object({ start: time, requests: v.array(count) })),
    v.description('Every bucket of the range, with how many of its requests lie in which bin.'),
  ),
});

/** `GET /api/week`. */
export const WEEK = v.object({
  time_zone: v.string(),
  hours: v.pipe(
    v.array(
      v.object({
        weekday: v.pipe(count, v.minValue(1), v.maxValue(7), v.description('1 is Monday.')),
        hour: v.pipe(count, v.maxValue(23)),
        requests: v.pipe(count, v.description('That have a latency.')),
        p50: figure,
        p95: figure,
      }),
    ),
    v.description('Those that have any, in their order.'),
  ),
});

/** `GET /api/clients`. */
export const CLIENTS = v.object({
  clients: v.array(v.object({ source_ip: v.string(), requests: count, errors: count, last_seen: time })),
  more,
});

/** `GET /api/values`. */
export const VALUES = v.object({
  since: v.pipe(
    time,
    v.description('From when on requests are counted: the begin of the range, or of its latest part.'),
  ),
  values: v.pipe(
    v.array(v.object({ value: v.string(), requests: count })),
    v.description('As the filter takes them; those with the most requests first.'),
  ),
  more,
});
