/** What is known of an answer. */
export interface Read<T> {
  /** The newest answer, also while a newer one is on its way. */
  readonly value: T | undefined;
  /** Whether `value` is for other parameters than those asked for. */
  readonly outdated: boolean;
  /** The server's own words when it refused. */
  readonly refused: string | undefined;
  /** Asks once more. */
  readonly again: () => void;
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
