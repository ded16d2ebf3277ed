import { areValuesTold, type ValueCount, type ValueList, type ValuesQuery } from './value-list.ts';

/** Requests of an hour, of all applications. */
export interface HourCount {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly requests: number;
}

/** Requests whose values are suggested while somebody types: to read them takes about a tenth of a second. */
export const LATEST_REQUESTS = 250_000;

/** How many times as many requests are looked at where nothing is found among the latest. */
const WIDENED = 4;

/** How a store counts. */
interface Counting {
  /** Requests in a range by hours, in any order; those of its ends as far as they lie in it. Hours without one are left out. */
  readonly hours: (query: ValuesQuery) => Promise<readonly HourCount[]>;
  /** The values in the whole range of a question. */
  readonly values: (query: ValuesQuery) => Promise<readonly ValueCount[]>;
}

/**
 * Answers a {@link ValuesQuery}, the same in all stores: where aggregates do not tell and the latest requests are enough, from the latest
 * hours of the range that have so many, and once from more where nothing is found in these.
 */
export async function valueListOf(query: ValuesQuery, counting: Counting): Promise<ValueList> {
  const { latestRequests, since } = query;
  if (latestRequests === undefined || areValuesTold(query))
    return { since, values: await counting.values(query) };
  const hours = await counting.hours(query);
  const listed = async (requests: number): Promise<ValueList> => {
    const latest = Math.max(since, latestBegin(hours, requests));
    return { since: latest, values: await counting.values({ ...query, since: latest }) };
  };
  const found = await listed(latestRequests);
  return found.values.length > 0 || found.since === since ? found : listed(WIDENED * latestRequests);
}

/** Where the latest hours begin that have so many requests; `-Infinity` where there are not so many. */
function latestBegin(hours: readonly HourCount[], requests: number): number {
  let counted = 0;
  for (const hour of hours.toSorted((a, b) => b.start - a.start)) {
    counted += hour.requests;
    if (counted >= requests) return hour.start;
  }
  return -Infinity;
}
