/** How {@link firstOf} goes about it. */
export interface FirstOptions<T> {
  /** For so long one is waited for before the next is asked as well. */
  readonly headStartMillis: number;
  /** So long after it has failed one is asked again, as long as another has not answered at all. */
  readonly againMillis: number;
  /** Takes what comes when it is not needed any more. */
  readonly discard: (late: T) => void;
}

/**
 * The first success of several attempts that are made in this order. One that says nothing keeps no other from being asked; one that fails at
 * once is no reason to wait.
 *
 * @returns rejects with the reasons (`errors`), in the same order, when each has failed
 */
export function firstOf<T>(
  attempts: readonly (() => Promise<T>)[],
  { headStartMillis, againMillis, discard }: FirstOptions<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const reasons = new Map<number, unknown>();
    const timers = new Set<NodeJS.Timeout>();
    let begun = 0;
    let isOver = false;

    const after = (millis: number, task: () => void): void => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        task();
      }, millis);
      timers.add(timer);
    };
    const end = (): void => {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
    };
    const ask = (index: number): void => {
      attempts[index]?.().then(
        (value) => {
          if (isOver) return discard(value);
          end();
          resolve(value);
        },
        (reason: unknown) => {
          if (isOver) return;
          reasons.set(index, reason);
          if (reasons.size === attempts.length) {
            end();
            reject(new AggregateError(attempts.map((_, each) => reasons.get(each))));
            return;
          }
          after(againMillis, () => ask(index));
          if (begun === index + 1) askNext();
        },
      );
    };
    const askNext = (): void => {
      const index = begun;
      if (index >= attempts.length) return;
      begun += 1;
      ask(index);
      after(headStartMillis, () => {
        if (begun === index + 1) askNext();
      });
    };
    askNext();
  });
}
