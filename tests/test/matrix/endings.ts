import { Backend } from '../leaving/backend.js';
import { ENDINGS, isPossible } from '../leaving/endings.js';
import { runRound } from '../leaving/round.js';
import { installNode } from './installation.js';

/**
 * Lets an application end in every known way on each Node.js, and says what was lost.
 *
 * @returns how many endings were not as they have to be
 */
export async function runEndings(nodes: readonly string[], say: (line: string) => void): Promise<number> {
  const backend = await Backend.start();
  let faults = 0;
  try {
    for (const major of nodes) {
      const node = await installNode(major);
      for (const ending of ENDINGS.filter(isPossible)) {
        const { code, signal, stored, served } = await runRound(backend, { ...ending, node });
        const isFault =
          stored !== served || code !== ending.expected.code || signal !== ending.expected.signal;
        if (isFault) faults += 1;
        say(
          `Node ${major}, ${ending.title}: ${isFault ? `${stored} of ${served}, ended with ${code ?? signal}` : 'ok'}`,
        );
      }
    }
  } finally {
    await backend.stop();
  }
  return faults;
}
