import type { ApiFailure } from './api.ts';

/** What is known of an answer. */
export interface Read<T> {
  /** The newest answer, also while a newer one is on its way. */
  readonly value: T | undefined;
  /** Whether `value` is for other parameters than those asked for. */
  readonly outdated: boolean;
  /** Why there is nothing to show: the server's own words when it refused, or that it was silent. */
  readonly refused: string | undefined;
  /** Asks once more. */
  readonly again: () => void;
}

/**
 * Why there is nothing to show of a question.
 *
 * @param isKnown - whether there is an older answer to the same question, which a silent server does not make wrong
 */
export function whyNot(failure: ApiFailure | undefined, isKnown: boolean): string | undefined {
  if (failure?.kind === 'refused') return failure.message;
  return failure?.kind === 'unreachable' && !isKnown ? 'no answer came; it is asked for again' : undefined;
}

/** Two answers that are shown together or not at all. */
export function together<A, B>(one: Read<A>, other: Read<B>): Read<readonly [A, B]> {
  const isWhole = one.value !== undefined && other.value !== undefined;
  return {
    value: isWhole ? [one.value, other.value] : undefined,
    outdated: one.outdated || other.outdated,
    refused: one.refused ?? other.refused,
    again: () => {
      one.again();
      other.again();
    },
  };
}
