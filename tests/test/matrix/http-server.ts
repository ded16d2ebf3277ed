import { faultsOf, runBoth } from '../http-server/comparison.js';
import { PARTS, sdksOf } from '../http-server/parts.js';
import { installNode } from './installation.js';

/**
 * Holds HttpServerInstrumentation against HttpInstrumentation on each Node.js, with each OpenTelemetry that it runs.
 *
 * @returns how many parts have differences that are not listed
 */
export async function runHttpServer(majors: readonly string[], say: (line: string) => void): Promise<number> {
  let faulty = 0;
  for (const major of majors) {
    const node = await installNode(major);
    for (const sdk of sdksOf(`${major}.99`)) {
      for (const { file, what } of PARTS) {
        const faults = await runBoth(sdk, ['main.cjs', file], node).then(
          ({ standard, ours }) => faultsOf(sdk, standard, ours),
          (error: unknown) => [String(error)],
        );
        if (faults.length > 0) faulty += 1;
        say(`Node ${major}, ${sdk}, ${what}: ${faults.length === 0 ? 'ok' : `\n  ${faults.join('\n  ')}`}`);
      }
    }
  }
  return faulty;
}
