/** What is measured once per round. */
export interface Subject<T> {
  readonly name: string;
  readonly measure: () => Promise<T>;
}

/**
 * Measures all subjects in turn, A B C A B C, so that whatever else the machine does in a minute meets all of them.
 * The order turns around each time, so that none always follows the same one.
 *
 * @returns the results of each subject, one per round
 */
export async function interleave<T>(
  subjects: readonly Subject<T>[],
  rounds: number,
): Promise<Map<string, T[]>> {
  const results = new Map<string, T[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      results.get(subject.name)?.push(await subject.measure());
    }
  }
  return results;
}
