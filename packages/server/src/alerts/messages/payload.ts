import { formatTime } from '../../event/timestamps.ts';
import type { Happening } from '../../observe/alert-counts.ts';
import type { Transition } from '../rules/evaluation.ts';
import type { Rule } from '../rules/rule.ts';
import { summaryText, type SummaryFigures } from './summary.ts';
import { textOf } from './text.ts';

/** A message as a webhook gets it, and from which the other messages are written. */
export interface Payload {
  readonly type: `alert.${Happening}`;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: {
    /** For a person. */
    readonly text: string;
    /** Where the page shows it; not there where the server does not know its own address. */
    readonly url?: string;
    /** Of the entry in the log. */
    readonly id: string;
    readonly rule?: RuleInPayload;
    /** What fires, where a rule looks at several things: an application, a type of error; else null. */
    readonly subject?: string | null;
    readonly value?: number | null;
    /** Whom the value is of, such as the client with the largest share. */
    readonly detail?: string | null;
    /** RFC 3339, as the others. */
    readonly firing_since?: string;
    readonly window?: { readonly since: string; readonly until: string };
    readonly summary?: SummaryFigures;
  };
}

/** A message to somebody. */
export interface Message {
  /** The same at each attempt. */
  readonly id: string;
  readonly payload: Payload;
  /** Marks of those who got it by an attempt before, of several that one destination has. */
  readonly reached?: readonly string[] | undefined;
}

type RuleInPayload = Pick<Rule, 'name' | 'measure' | 'filter'> & {
  readonly id: string;
  readonly above: number | null;
  readonly below: number | null;
};

interface IdentifiedRule {
  readonly id: string;
  readonly rule: Rule;
}

/** What a message tells. */
export function happeningOf({ type }: Pick<Payload, 'type'>): Happening {
  // Its type says so.
  return type.slice('alert.'.length) as Happening;
}

/** The window that something was found in; milliseconds since the epoch. */
export interface Window {
  readonly since: number;
  readonly until: number;
}

/** Tells that a rule fires, or does no more. */
export function transitionPayload(
  id: string,
  { id: ruleId, rule }: IdentifiedRule,
  transition: Transition,
  window: Window,
  url: string | undefined,
): Payload {
  return {
    type: `alert.${transition.to}`,
    timestamp: formatTime(window.until),
    data: {
      text: textOf(rule, transition, window.until),
      ...linkTo(url),
      id,
      rule: ruleInPayload(ruleId, rule),
      subject: transition.subject || null,
      value: transition.value ?? null,
      detail: transition.detail ?? null,
      firing_since: formatTime(transition.since),
      window: { since: formatTime(window.since), until: formatTime(window.until) },
    },
  };
}

/** Tells the figures of a range. */
export function summaryPayload(
  id: string,
  { id: ruleId, rule }: IdentifiedRule,
  figures: SummaryFigures,
  now: number,
  url: string | undefined,
): Payload {
  const text = summaryText(rule.name, figures);
  const data = { text, ...linkTo(url), id, rule: ruleInPayload(ruleId, rule), summary: figures };
  return { type: 'alert.summary', timestamp: formatTime(now), data };
}

/** Tells that messages arrive. */
export function testPayload(id: string, name: string, now: number, url: string | undefined): Payload {
  const text = `This is a test of ${name}: messages of alerts arrive here`;
  return { type: 'alert.test', timestamp: formatTime(now), data: { text, ...linkTo(url), id } };
}

function linkTo(url: string | undefined): Pick<Payload['data'], 'url'> {
  return url === undefined ? {} : { url };
}

function ruleInPayload(id: string, { name, measure, filter, above, below }: Rule): RuleInPayload {
  return { id, name, measure, filter, above: above ?? null, below: below ?? null };
}
