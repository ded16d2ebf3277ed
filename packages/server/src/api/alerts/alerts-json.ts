import type { LoggedEntry, RuleStatus } from '../../alerts/alerts.ts';
import type { KnownDestination } from '../../alerts/book.ts';
import { targetOf } from '../../alerts/delivery/destination.ts';
import { happeningOf } from '../../alerts/messages/payload.ts';
import type { Reading } from '../../alerts/rules/evaluation.ts';
import type { Rule } from '../../alerts/rules/rule.ts';
import { formatTime } from '../../event/timestamps.ts';
import { rounded } from '../rounding.ts';

/** Something that fires, or was found, as the API shows it. */
interface FoundJson {
  /** An application or a type of error; null where a rule looks at one thing. */
  readonly subject: string | null;
  readonly value: number | null;
}

/** A rule as the API shows it. */
export interface RuleJson extends Rule {
  readonly id: string;
  /** From the file: it cannot be changed here. */
  readonly read_only: boolean;
  readonly firing: readonly (FoundJson & { readonly since: string })[];
  /** End of the newest window that was looked at, RFC 3339. */
  readonly evaluated_to: string | null;
}

/** Writes a rule and its state. */
export function ruleToJson({ id, rule, isFromFile, state }: RuleStatus): RuleJson {
  const { evaluatedTo = 0, firing = {} } = state ?? {};
  return {
    id,
    ...rule,
    read_only: isFromFile,
    firing: Object.entries(firing).map(([subject, { since, value }]) => ({
      subject: subject || null,
      value: rounded(value, 4),
      since: formatTime(since),
    })),
    evaluated_to: evaluatedTo === 0 ? null : formatTime(evaluatedTo),
  };
}

/** A destination as the API shows it: without its secrets. */
export interface DestinationJson {
  readonly id: string;
  readonly name: string;
  /** Null where it was sealed with another token of the server. */
  readonly kind: string | null;
  /** The origin of a URL, or addresses. */
  readonly target: string | null;
  readonly read_only: boolean;
}

/** Writes what may be shown of a destination. */
export function destinationToJson({ id, name, destination, isFromFile }: KnownDestination): DestinationJson {
  return {
    id,
    name,
    kind: destination?.kind ?? null,
    target: destination === undefined ? null : targetOf(destination),
    read_only: isFromFile,
  };
}

/** Writes what a rule found. */
export function readingToJson({
  subject,
  value,
  detail,
}: Reading): FoundJson & { readonly detail: string | null } {
  return {
    subject: subject || null,
    value: value === undefined ? null : rounded(value, 4),
    detail: detail ?? null,
  };
}

/** Writes what happened, and what became of its messages. */
export function entryToJson({ id, at, ruleId, ruleName, payload, waiting, sent }: LoggedEntry): unknown {
  return {
    id,
    at: formatTime(at),
    rule_id: ruleId,
    rule_name: ruleName,
    type: happeningOf(payload),
    subject: payload.data.subject ?? null,
    value: payload.data.value ?? null,
    text: payload.data.text,
    messages: [
      ...waiting.map(({ destinationName: name, attempts, error }) => ({
        destination: name,
        state: 'waiting',
        attempts,
        error: error ?? null,
      })),
      ...sent.map(({ destinationName: name, attempts, error, isDelivered }) => ({
        destination: name,
        state: isDelivered ? 'delivered' : 'given_up',
        attempts,
        error: error ?? null,
      })),
    ],
  };
}
