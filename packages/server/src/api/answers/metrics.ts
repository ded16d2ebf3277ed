import * as v from 'valibot';

import { bucketMillis, count, estimated, figure, share, time, total } from './members.ts';

const coverage = v.pipe(share, v.description('Of the events of the range.'));

const eventsWithIt = v.pipe(count, v.description('Events that have it.'));

const value = v.object({ value: v.union([v.boolean(), v.string()]), count });

/** `GET /api/custom-metrics`. */
export const METRICS = v.object({
  metrics: v.array(
    v.object({
      name: v.string(),
      types: v.pipe(
        v.object({ number: count, boolean: count, string: count, list: count }),
        v.description('Events by the type of the value.'),
      ),
      events: eventsWithIt,
      coverage,
    }),
  ),
  total,
  events: v.pipe(count, v.description('Events of the range, with or without metrics.')),
  estimated,
});

const numbers = v.object({
  count,
  min: v.number(),
  max: v.number(),
  mean: v.number(),
  p50: v.number(),
  p95: v.number(),
  series: v.array(v.object({ start: time, count, mean: figure, p95: figure })),
  histogram: v.array(v.object({ from: v.number(), to: v.number(), count })),
});

/** `GET /api/custom-metrics/detail`. */
export const METRIC = v.object({
  name: v.string(),
  bucket_millis: bucketMillis,
  estimated,
  events: eventsWithIt,
  coverage,
  numbers: v.pipe(v.nullable(numbers), v.description('Null where it never was a number.')),
  shares: v.pipe(v.array(value), v.description('The most frequent booleans and texts.')),
  others: v.pipe(count, v.description('How often it was one that is not listed.')),
  groups: v.optional(
    v.pipe(
      v.array(
        v.object({
          method: v.string(),
          endpoint: v.string(),
          events: eventsWithIt,
          mean: figure,
          p95: figure,
          top: v.pipe(v.nullable(value), v.description('The most frequent boolean or text.')),
        }),
      ),
      v.description('With `group`: by endpoint.'),
    ),
  ),
});
