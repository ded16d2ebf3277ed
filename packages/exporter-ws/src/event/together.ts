import type { FinishedSpan } from './span.ts';

/**
 * Where an exporter says that it takes finished requests together. A registered symbol: the CommonJS and the ES module copy of
 * this package find each other's exporters.
 */
const TOGETHER = Symbol.for('@cerberus-otel/together.v1');

/** A request that somebody holds back for others: strings and numbers, and no span of an SDK. */
export interface HeldRequest extends FinishedSpan {
  /** Where its span can come by another way too. */
  readonly claim: Claim | undefined;
}

/** That a span has come. One that was refused may come again. */
export class Claim {
  isRefused = false;
}

/** Holds finished requests back, so that many are written together. */
export interface RequestHolder {
  /** Gives all that it holds to `take`, at once. Must not throw. */
  handOver(): void;
}

/** What an exporter does for one who holds requests back. Nothing of it throws. */
export interface TogetherIntake {
  /**
   * The first of several is held: connects meanwhile, and asks for them after `flushIntervalMillis` at the latest, or in this
   * call.
   */
  readonly expect: () => void;
  /** @returns undefined for a span that has come before, which is counted */
  claim(span: object): Claim | undefined;
  /** Queues and sends at once, in order. @returns how many were refused */
  take(requests: readonly HeldRequest[]): number;
}

type Join = (exporter: object, holder: RequestHolder) => TogetherIntake | undefined;

/** @param join gives undefined where requests have to go through `export` */
export function offerTogether(exporter: object, join: Join): void {
  Object.defineProperty(exporter, TOGETHER, { value: join });
}

/** @returns undefined where an exporter takes requests through `export` only */
export function joinTogether(exporter: object, holder: RequestHolder): TogetherIntake | undefined {
  const join = (exporter as Readonly<Record<symbol, Join | undefined>>)[TOGETHER];
  return join?.(exporter, holder);
}
