import * as v from 'valibot';

/** What a schema describes, as an answer is made of it: nothing of it is changed any more. */
export type Answer<Schema extends v.GenericSchema> = Unchanging<v.InferOutput<Schema>>;

type Unchanging<T> = T extends readonly (infer Member)[]
  ? readonly Unchanging<Member>[]
  : T extends object
    ? { readonly [Name in keyof T]: Unchanging<T[Name]> }
    : T;

/** How many. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** An instant. */
export const time = v.pipe(v.string(), v.isoTimestamp(), v.description('RFC 3339, UTC.'));

/** From 0 to 1. */
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** A number that is not there where there is nothing to make it of. */
export const figure = v.nullable(v.number());

/** Percentiles, milliseconds. */
export const latency = v.pipe(
  v.object({ p50: figure, p95: figure, p99: figure }),
  v.description('Percentiles, milliseconds; null where no event has a latency.'),
);

/** Whether something is an estimate. */
export const estimated = v.pipe(
  v.boolean(),
  v.description('Percentiles, clients and shares of values are estimates; counts never are.'),
);

/** Milliseconds of a bucket's width. */
export const bucketMillis = v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Milliseconds.'));

/** How many there are with those that are not listed. */
export const total = v.pipe(count, v.description('How many match, listed or not.'));

/** Whether there are more than are listed. */
export const more = v.pipe(v.boolean(), v.description('Whether there are more than are listed.'));
