import { isBucket, isInferred } from '../event/path-group.ts';
import { formatTime } from '../event/timestamps.ts';
import type { ErrorsQuery } from '../store/questions/error-list.ts';
import type { EventFilter } from '../store/filter/event-filter.ts';
import type { EndpointOfApplication } from '../store/questions/endpoint-threshold.ts';
import { apdexBuckets, apdexOf, DEFAULT_THRESHOLD, heatOf } from '../store/figures/latency-figures.ts';
import { latencyEnd } from '../store/figures/log-buckets.ts';
import { bucketStarts } from '../store/figures/series.ts';
import { hoursOfWeek } from '../store/figures/week.ts';
import { answer, type AnalyticsReply } from './analytics-api.ts';
import type { ERRORS, LATENCY, WEEK } from './answers/figures.ts';
import {
  parseErrorsQuery,
  parseLatencyQuery,
  parseWeekQuery,
  type LatencyQuestion,
  type WeekQuestion,
} from './query/analytics-questions.ts';
import { rounded, roundedMillis, tidy } from './rounding.ts';

/** `GET /api/latency`: how latencies are spread over time, and how many are fast enough. */
export const latencyReply: AnalyticsReply = ({ analytics, thresholds }, params) =>
  answer<typeof LATENCY, LatencyQuestion>(parseLatencyQuery(params, Date.now()), async (query) => {
    const cells = await analytics.latencies(query);
    const endpoint = listedEndpoint(query);
    const own = endpoint === undefined ? undefined : await thresholds.of(endpoint);
    const thresholdMillis = query.thresholdMillis ?? own ?? DEFAULT_THRESHOLD;
    const { score, ...counts } = apdexOf(cells, thresholdMillis);
    const { fine, bearable } = apdexBuckets(thresholdMillis);
    const { bins, columns } = heatOf(cells);
    return {
      since: formatTime(query.since),
      until: formatTime(query.until),
      bucket_millis: query.bucketMillis,
      apdex: {
        threshold_ms: thresholdMillis,
        own_threshold_ms: own ?? null,
        score: score === null ? null : rounded(score, 4),
        ...counts,
        satisfied_to_ms: tidy(latencyEnd(fine)),
        tolerating_to_ms: tidy(latencyEnd(bearable)),
      },
      bins: bins.map(({ from, to, count }) => ({
        // Not to a thousandth: whoever asks for the requests of a bin of short latencies would get others.
        from: tidy(from),
        to: tidy(to),
        requests: count,
      })),
      heat: bucketStarts(query, query.bucketMillis).map((start) => ({
        start: formatTime(start),
        requests: columns.get(start) ?? bins.map(() => 0),
      })),
    };
  });

/** The only endpoint that a filter leaves; `undefined` where it leaves others too. */
function listedEndpoint({ clientId, method, endpoint }: EventFilter): EndpointOfApplication | undefined {
  if (clientId === undefined || endpoint === undefined) return undefined;
  if (isBucket(endpoint)) return { clientId, method: '', endpoint };
  return method === undefined ? undefined : { clientId, method, endpoint };
}

/** `GET /api/week`: how busy and how fast each hour of the week is. */
export const weekReply: AnalyticsReply = ({ analytics }, params) =>
  answer<typeof WEEK, WeekQuestion>(parseWeekQuery(params, Date.now()), async (query) => ({
    time_zone: query.timeZone,
    hours: hoursOfWeek(await analytics.latencies(query), query.timeZone).map(({ p50, p95, ...hour }) => ({
      ...hour,
      p50: roundedMillis(p50),
      p95: roundedMillis(p95),
    })),
  }));

/** `GET /api/errors`: failed requests that are alike, by endpoint, status and class of error. */
export const errorsReply: AnalyticsReply = ({ analytics }, params) =>
  answer<typeof ERRORS, ErrorsQuery>(parseErrorsQuery(params, Date.now()), async (query) => {
    const { groups, total, requests } = await analytics.errors(query);
    return {
      errors: groups.map((group) => ({
        client_id: group.clientId,
        method: isBucket(group.endpoint) ? null : group.method,
        endpoint: group.endpoint,
        inferred: isInferred(group.endpoint),
        error_type: group.errorType,
        status_code: group.statusCode,
        requests: group.requests,
        first_seen: formatTime(group.firstSeen),
        last_seen: formatTime(group.lastSeen),
        sparkline: group.sparkline,
      })),
      total,
      requests,
    };
  });
