import type { StoredEvent } from '../answers/events.ts';
import { statusClassOf, statusColour } from './status-class.ts';

/** How a request ended, at a glance. */
interface Verdict {
  readonly text: string;
  /** The style-sheet class with its colour. */
  readonly colour: string;
  /** What the status alone does not say. */
  readonly word: string | undefined;
}

const COLOURS: Readonly<Record<string, string>> = { aborted: 's-4xx', error: 's-5xx' };

/** Judges by the outcome first: a request that was aborted or failed is no success, whatever its status says. */
export function verdictOf({
  status_code: status,
  outcome,
}: Pick<StoredEvent, 'status_code' | 'outcome'>): Verdict {
  const ofStatus = statusColour(statusClassOf(status));
  const ofOutcome = COLOURS[outcome ?? ''];
  if (ofOutcome === undefined)
    return { text: String(status ?? outcome ?? '–'), colour: ofStatus, word: undefined };
  if (status === undefined) return { text: outcome ?? '–', colour: ofOutcome, word: undefined };
  // A 500 says itself that it is an error.
  const isSaid = outcome === 'error' && status >= 500;
  return { text: String(status), colour: ofOutcome, word: isSaid ? undefined : outcome };
}
