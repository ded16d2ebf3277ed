export type { TokenOrigin } from './access/credentials.ts';
export type { ServerOptions } from './config.ts';
export type { RefusalReason, ServerStats } from './observe/counters.ts';
export { CerberusServerError, type CerberusServerErrorCode } from './errors.ts';
export type { CerberusEvent, Outcome, StoredEvent } from './event/event.ts';
export type { Log, LogLevel } from './log.ts';
export { MemoryStore } from './store/memory/store.ts';
export { startServer, type CerberusServer } from './server.ts';
export type {
  Append,
  AppendOutcome,
  CommitInfo,
  CommitListener,
  EventReader,
  PendingLoad,
  ProducerClaim,
  Store,
  WatchListener,
} from './store/store.ts';
export type { EventOrder, EventPosition } from './store/questions/event-order.ts';
export type { EventFilter, MetricCondition, NumberSpan } from './store/filter/event-filter.ts';
export type {
  EventQuery,
  Percentiles,
  Summary,
  SummaryBucket,
  SummaryEndpoint,
  SummaryQuery,
} from './store/questions/event-query.ts';
export type { ProducerMode, ProducerRef, ProducerRow } from './store/questions/producer.ts';
