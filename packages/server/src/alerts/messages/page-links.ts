import { DAY_MILLIS } from '../../durations.ts';
import { formatTime } from '../../event/timestamps.ts';
import type { Transition } from '../rules/evaluation.ts';
import type { Measure, Rule } from '../rules/rule.ts';
import { SUMMARY_DAYS } from './summary.ts';

/** Instants, milliseconds since the epoch. */
interface Window {
  readonly since: number;
  readonly until: number;
}

/** The view of the page that shows best what a rule is about. */
const VIEWS: Readonly<Record<Measure, string>> = {
  error_rate: 'errors',
  p95_ms: 'latency',
  requests: 'overview',
  share: 'requests',
  silent_source: 'sources',
  new_error_type: 'requests',
  summary: 'overview',
};

/** Where messages lead: the page, with the filter and the time of what they tell. Without an address of the page they lead nowhere. */
export class PageLinks {
  readonly #base: string | undefined;

  /** @param publicUrl - of the page, as others reach it */
  constructor(publicUrl: string | undefined) {
    this.#base = publicUrl;
  }

  /** From the window in which it began to fire to the one that the message is of. */
  transition(rule: Rule, transition: Transition, { since, until }: Window): string | undefined {
    const begin = Math.min(since, transition.since - (until - since));
    return this.#to(
      VIEWS[rule.measure],
      { since: begin, until },
      { ...rule.filter, ...wordsOf(rule, transition) },
    );
  }

  summary({ measure, filter }: Rule, now: number): string | undefined {
    return this.#to(VIEWS[measure], { since: now - SUMMARY_DAYS * DAY_MILLIS, until: now }, filter);
  }

  /** The view of alerts. */
  alerts(): string | undefined {
    return this.#base === undefined ? undefined : `${this.#base}/?view=alerts`;
  }

  #to(view: string, { since, until }: Window, filter: Rule['filter']): string | undefined {
    if (this.#base === undefined) return undefined;
    const range = { since: formatTime(since), until: formatTime(until) };
    return `${this.#base}/?${new URLSearchParams({ view, ...range, ...filter }).toString()}`;
  }
}

/** Words of the filter that say which of several things is meant. */
function wordsOf({ measure, of = 'source_ip' }: Rule, { subject, detail }: Transition): Rule['filter'] {
  if (measure === 'silent_source') return { client_id: subject };
  if (measure === 'new_error_type') return { error_type: subject };
  return measure === 'share' && detail !== undefined ? { [of]: detail } : {};
}
