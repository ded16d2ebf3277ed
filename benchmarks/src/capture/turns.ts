import type { Running, Turn } from './subject.ts';

/**
 * Lets applications take short turns, in an order that is another one each time: whatever else the machine does meets all of them alike.
 *
 * @param isOver - asked before each time that all of them take one
 * @returns the turns of each, in the order of the applications
 */
export async function takeTurns(
  applications: readonly Running[],
  isOver: (taken: number) => boolean,
): Promise<readonly (readonly Turn[])[]> {
  const turns = applications.map((): Turn[] => []);
  for (let taken = 0; !isOver(taken); taken += 1) {
    for (const index of shuffled(applications.length)) {
      const turn = await applications[index]?.subject.measure();
      if (turn !== undefined) turns[index]?.push(turn);
    }
  }
  return turns;
}

/** Numbers from 0, in random order. */
function shuffled(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => ({ index, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ index }) => index);
}
