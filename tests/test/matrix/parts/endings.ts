import { Backend } from '../../leaving/backend.js';
import { ENDINGS, isPossible, type KnownEnding } from '../../leaving/endings.js';
import { runRound } from '../../leaving/round.js';
import { installNode } from '../frameworks/installation.js';

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
        const fault = await faultOf(backend, ending, node);
        if (fault !== undefined) faults += 1;
        say(`Node ${major}, ${ending.title}: ${fault ?? 'ok'}`);
      }
    }
  } finally {
    await backend.stop();
  }
  return faults;
}

async function faultOf(backend: Backend, ending: KnownEnding, node: string): Promise<string | undefined> {
  try {
    const { code, signal, stored, served } = await runRound(backend, { ...ending, node });
    const isExpected =
      stored === served && code === ending.expected.code && signal === ending.expected.signal;
    return isExpected ? undefined : `${stored} of ${served}, ended with ${code ?? signal}`;
  } catch (error) {
    // Those behind it are to be tried as well.
    return String(error);
  }
}
