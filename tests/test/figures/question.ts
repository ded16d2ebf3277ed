import { isMeant, isWithin, type Filter, type Range } from './filter.js';
import { timeOf, type Exported } from './exported.js';

const DAY_MILLIS = 86_400_000;
/** In a range, of all applications, up to which it is answered exactly. */
const EXACT_REQUESTS = 50_000;
/** What aggregates are kept by: a filter of these alone does not need single events. */
const KEYS: ReadonlySet<string> = new Set([
  'client_id',
  'method',
  'endpoint',
  'endpoint_contains',
  'release',
  'environment',
  'synthetic',
]);

/** Something that is asked, and the events that it is about. */
export interface Question {
  readonly range: Range;
  readonly filter: Filter;
  /** All that is stored, in the order in which it was. */
  readonly stored: readonly Exported[];
  /** Of these, the ones that are meant. */
  readonly events: readonly Exported[];
  /** Percentiles may be estimates. */
  readonly isEstimated: boolean;
  /** So may numbers of clients. */
  readonly areClientsEstimated: boolean;
}

/** Asks for a range under a filter. */
export function questionOf(stored: readonly Exported[], range: Range, filter: Filter): Question {
  const within = stored.filter((event) => isWithin(event, range));
  const isEstimated = range.until - range.since > DAY_MILLIS || within.length > EXACT_REQUESTS;
  return {
    range,
    filter,
    stored,
    events: within.filter((event) => isMeant(event, filter)),
    isEstimated,
    areClientsEstimated: isEstimated && Object.keys(filter).every((name) => KEYS.has(name)),
  };
}

/** The same about the range of equal length before. */
export function before(question: Question): Question {
  const { since, until } = question.range;
  const range = { since: since - (until - since), until: since };
  return {
    ...question,
    range,
    events: question.stored.filter((event) => isWithin(event, range) && isMeant(event, question.filter)),
  };
}

/** Whether the same range of time before was kept as a whole. */
export function isBeforeKept(question: Question): boolean {
  const { since } = before(question).range;
  return question.stored.some((event) => timeOf(event) < since);
}

/** Asks the API, and gives its answer. */
export type Ask = <T>(path: string, params?: Readonly<Record<string, string | number>>) => Promise<T>;

/** The parameters of a question. */
export function paramsOf({ range, filter }: Question): Readonly<Record<string, string | number>> {
  return { ...filter, since: range.since, until: range.until };
}
