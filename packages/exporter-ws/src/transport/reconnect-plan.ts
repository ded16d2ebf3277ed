import type { ExporterConfig } from '../config/config.ts';
import type { WarningCode } from '../observe/reporter.ts';
import type { Disconnect } from '../protocol/connection.ts';
import type { BackoffLimits } from './backoff.ts';
import { describe, isRefusalOfOffer, retryDelay, suspensionDelay, verdictOn } from './disconnect-policy.ts';

export type PlanConfig = Pick<
  ExporterConfig,
  'protocol' | 'acks' | 'initialBackoffMillis' | 'maxBackoffMillis' | 'ackTimeoutMillis'
>;

/** What a connection achieved before it ended. */
export interface ConnectionSummary {
  /** Batch mode was offered. */
  readonly offered: boolean;
  /** The mode that was established; undefined when it never came to that. */
  readonly mode: 'batch' | 'event' | undefined;
  readonly sentEvents: number;
  readonly answeredEvents: number;
  /** Milliseconds since the last progress, 0 when nothing was in flight. */
  readonly waitedMillis: number;
  /** Fewer events will be sent together on the next one. */
  readonly narrowed: boolean;
}

/** When to try again, and what to say meanwhile. */
export interface NextAttempt {
  readonly state: 'connecting' | 'backoff' | 'suspended';
  readonly delayMillis: number;
  readonly why: string;
  /** A condition that keeps data away. */
  readonly condition?: WarningCode;
}

/** Time and chance of one decision. */
export interface Moment {
  readonly now: number;
  readonly wallClockMillis: number;
  readonly random: number;
}

/** While a shutdown waits: its time is short, and bounds the attempts. */
const HURRIED: BackoffLimits = { initialMillis: 50, maxMillis: 1_000 };
const EVENT_MODE_MEMORY_MILLIS = 60 * 60_000;
const FRUITLESS_LIMIT = 3;
/** First and longest wait from the handshake to the `welcome`. */
const WELCOME_MILLIS = 5_000;
const MAX_WELCOME_MILLIS = 30_000;
/** A link that changes bytes may change one in two attempts. */
const FAILURES_LIMIT = 3;
const NEVER_ACKNOWLEDGED: WarningCode = 'CERBERUS_NEVER_ACKNOWLEDGED';

/** Decides, from how connections ended, when the next one is made and which protocol it offers. Pure. */
export class ReconnectPlan {
  /** Bounds of every wait. */
  readonly backoff: BackoffLimits;
  readonly #config: PlanConfig;
  #attempts = 0;
  #suspensions = 0;
  /** Connections in a row that took events and answered none. */
  #fruitless = 0;
  /** A welcome was seen: from then on a slow or broken answer is no proof of an event-mode server. */
  #batchProven = false;
  /** Connections in a row on which batch mode was selected and no welcome came in time. */
  #lateWelcomes = 0;
  #eventModeUntil = -Infinity;
  #tryingEventMode = false;
  /** Attempts in a row that failed in a way that suspends when it is repeated. */
  #failures = 0;
  /** Events were delivered to this backend: what keeps them away now is a fault, which heals, and no wrong setting. */
  #delivered = false;
  #isHurried = false;

  constructor(config: PlanConfig) {
    this.#config = config;
    this.backoff = { initialMillis: config.initialBackoffMillis, maxMillis: config.maxBackoffMillis };
  }

  /** Whether the next connection offers batch mode. */
  offersBatch(now: number): boolean {
    if (this.#config.protocol !== 'auto') return this.#config.protocol === 'batch';
    return !this.#tryingEventMode && now >= this.#eventModeUntil;
  }

  /** How long the next connection waits for a `welcome`: a backend that needs longer than that gets longer the next time. */
  get welcomeTimeoutMillis(): number {
    return Math.min(MAX_WELCOME_MILLIS, WELCOME_MILLIS * 2 ** Math.min(this.#lateWelcomes, 8));
  }

  /** A connection is established in `mode`. */
  established(mode: 'batch' | 'event', now: number): void {
    this.#lateWelcomes = 0;
    if (mode === 'batch') this.#batchProven = true;
    else if (this.#tryingEventMode) this.#eventModeUntil = now + EVENT_MODE_MEMORY_MILLIS;
    this.#tryingEventMode = false;
    this.#failures = 0;
  }

  /** The backend settled events: whatever was wrong is over. */
  settled(): void {
    this.#delivered = true;
    this.#attempts = 0;
    this.#suspensions = 0;
    this.#fruitless = 0;
  }

  /** A shutdown waits for it. */
  get isHurried(): boolean {
    return this.#isHurried;
  }

  /** From now on waits are short, whatever the backend asks for: after the shutdown nobody tries again. */
  hurry(): void {
    this.#isHurried = true;
    this.#attempts = 0;
  }

  /** What follows the end of a connection. */
  next(end: Disconnect, summary: ConnectionSummary, moment: Moment): NextAttempt {
    if (this.#shouldFallBack(end, summary)) {
      this.#tryingEventMode = true;
      return {
        state: 'connecting',
        delayMillis: 0,
        why: 'the backend does not speak batch mode: trying event mode',
      };
    }
    this.#tryingEventMode = false;
    const unanswered = this.#noteFruitless(summary) ?? this.#noteLateWelcome(end);
    // In batch mode, and where acknowledgements came before, sending again soon is safe or worth it.
    if (unanswered !== undefined && summary.mode === 'event' && !this.#delivered) {
      return this.#suspend(unanswered, moment, NEVER_ACKNOWLEDGED);
    }
    const verdict = verdictOn(end, moment.wallClockMillis);
    const why = unanswered ?? describe(end);
    if (verdict.action === 'suspend') return this.#suspend(why, moment, verdict.code);
    if (verdict.action === 'suspend_if_repeated' && summary.mode === undefined) {
      this.#failures += 1;
      if (this.#failures >= FAILURES_LIMIT && !this.#delivered)
        return this.#suspend(why, moment, verdict.code);
    } else this.#failures = 0;
    const asked = verdict.action === 'retry' && !this.#isHurried ? verdict : {};
    const limits = this.#isHurried ? HURRIED : this.backoff;
    const delayMillis = retryDelay(asked, this.#attempts, limits, moment.random);
    // Halving what is sent together takes ten connections at most, and may be all that is wrong.
    if (!summary.narrowed) this.#attempts += 1;
    const condition = unanswered === undefined ? {} : { condition: NEVER_ACKNOWLEDGED };
    return { state: 'backoff', delayMillis, why, ...condition };
  }

  #suspend(why: string, moment: Moment, condition: WarningCode): NextAttempt {
    const delayMillis = suspensionDelay(this.#suspensions, moment.random);
    this.#suspensions += 1;
    return { state: 'suspended', delayMillis, why, condition };
  }

  #shouldFallBack(end: Disconnect, summary: ConnectionSummary): boolean {
    if (this.#config.protocol !== 'auto' || !summary.offered || summary.mode !== undefined) return false;
    if (end.kind === 'not_batch') return true;
    if (this.#batchProven) return false;
    // Without a selection it would not have come to that, so a welcome may still come; unless the backend is said to be mute.
    if (end.kind === 'timeout') return end.what === 'welcome' && this.#config.acks === 'none';
    return end.kind === 'upgrade_refused' && isRefusalOfOffer(end.status);
  }

  /** @returns what to say when a backend that was never heard selected batch mode on several connections and said no more */
  #noteLateWelcome(end: Disconnect): string | undefined {
    const isLate = end.kind === 'timeout' && end.what === 'welcome';
    this.#lateWelcomes = isLate ? this.#lateWelcomes + 1 : 0;
    if (this.#lateWelcomes < FRUITLESS_LIMIT || this.#batchProven) return undefined;
    return (
      `the backend selected batch mode on ${FRUITLESS_LIMIT} connections in a row and said no welcome` +
      '; if it speaks event mode only, set `protocol: "event"` (CERBERUS_PROTOCOL=event)'
    );
  }

  /** @returns what to say when the backend took events on several connections and never acknowledged one */
  #noteFruitless(summary: ConnectionSummary): string | undefined {
    const { sentEvents, answeredEvents, waitedMillis } = summary;
    // A connection that broke soon after sending proves nothing about acknowledgements.
    if (answeredEvents === 0 && sentEvents > 0 && waitedMillis * 2 >= this.#config.ackTimeoutMillis) {
      this.#fruitless += 1;
    }
    // One that took none ended for a reason of its own.
    if (sentEvents === 0 || this.#fruitless < FRUITLESS_LIMIT || this.#config.acks === 'none')
      return undefined;
    const advice =
      summary.mode === 'batch'
        ? ''
        : "; if this backend sends no acknowledgements, set `acks: 'none'` (CERBERUS_ACKS=none)";
    return `the backend took events on ${FRUITLESS_LIMIT} connections in a row and acknowledged none${advice}`;
  }
}
