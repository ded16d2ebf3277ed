import { isToldByKeys, type EventFilter } from '../filter/event-filter.ts';

/** By what requests are told apart by whom they are for: consumers, their groups, pseudonymous clients. */
export const CONSUMER_KINDS = ['consumer', 'group', 'client'] as const;

/** By what requests are told apart by whom they are for. */
export type ConsumerKind = (typeof CONSUMER_KINDS)[number];

/** By what consumers are ordered, the highest or the latest first. */
export const CONSUMER_ORDERS = [
  'requests',
  'errors',
  'error_rate',
  'p95',
  'endpoints',
  'first_seen',
  'last_seen',
] as const;

/** By what consumers are ordered. */
export type ConsumerOrder = (typeof CONSUMER_ORDERS)[number];

/** What is no sum of figures, and takes long. */
export type ConsumerMeasure = Extract<ConsumerOrder, 'p95' | 'endpoints'>;

const MEASURES: readonly ConsumerMeasure[] = ['p95', 'endpoints'];

/** Those that an order does not compare. */
export function measuresBeside(order: ConsumerOrder): readonly ConsumerMeasure[] {
  return MEASURES.filter((name) => name !== order);
}

/** Whether an order compares such. */
export function isMeasure(order: ConsumerOrder): order is ConsumerMeasure {
  return order === 'p95' || order === 'endpoints';
}

/** Requests of a range. */
interface RangeFilter extends EventFilter {
  readonly since: number;
  readonly until: number;
}

/** Whom the requests are for that a filter leaves. */
export interface ConsumersQuery extends RangeFilter {
  readonly by: ConsumerKind;
  readonly order: ConsumerOrder;
  /** A part of the value or of a label that it had, in any case. */
  readonly search?: string | undefined;
  readonly limit: number;
}

/** Figures of one consumer, group or client. */
export interface ConsumerFigures {
  /** As the filter takes it. */
  readonly value: string;
  /** What was given last, where it was; of groups and clients never. */
  readonly label: string | null;
  /** As the label. */
  readonly group: string | null;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds. */
  readonly p95: number | null;
  /** Distinct endpoints. */
  readonly endpoints: number;
  /** Of the range; milliseconds since the epoch, as the other. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /**
   * It asked the application, or any where none is chosen, for nothing in the range of equal length before; null where that was not kept as a
   * whole, and so nobody knows.
   */
  readonly isNew: boolean | null;
}

/** Answer to a {@link ConsumersQuery}. */
export interface ConsumerList {
  /** Percentiles are estimates; all else never is. */
  readonly estimated: boolean;
  readonly consumers: readonly ConsumerFigures[];
  /** Those that match, listed or not. */
  readonly total: number;
  /** Of these, who is new; null where nobody knows. */
  readonly newcomers: number | null;
}

/** Events in which a consumer could have been seen before. */
export function earlierFilter({ clientId, since, until }: RangeFilter): RangeFilter {
  return { clientId, since: Math.max(0, since - (until - since)), until: since };
}

/** Orders that need no more than aggregates know of clients. */
const ORDERS_OF_CLIENTS: ReadonlySet<ConsumerOrder> = new Set([
  'requests',
  'errors',
  'error_rate',
  'last_seen',
]);

/** Whether aggregates tell which clients are listed. They know neither pseudonyms to search in, nor all that one may order by. */
export function areClientsTold(query: ConsumersQuery): boolean {
  const { by, order, search } = query;
  return by === 'client' && search === undefined && ORDERS_OF_CLIENTS.has(order) && isToldByKeys(query);
}
