import { faultsOf, runBoth } from '../http-server/comparison.js';
import { PARTS, sdksOf } from '../http-server/parts.js';
import { installNode } from './installation.js';
import { nextRouteFaults, prepareNextRoutes } from './next-routes.js';

/**
 * Holds HttpServerInstrumentation against HttpInstrumentation on each Node.js, with each OpenTelemetry that it runs; and the routes of Next.js.
 *
 * @returns how many parts have differences that are not listed
 */
export async function runHttpServer(majors: readonly string[], say: (line: string) => void): Promise<number> {
  let faulty = 0;
  let ofNext: string | undefined;
  const tell = (what: string, faults: readonly string[]): void => {
    if (faults.length > 0) faulty += 1;
    say(`${what}: ${faults.length === 0 ? 'ok' : `\n  ${faults.join('\n  ')}`}`);
  };
  for (const major of majors) {
    const node = await installNode(major);
    ofNext ??= await prepareNextRoutes(node);
    for (const sdk of sdksOf(`${major}.99`)) {
      for (const { file, what } of PARTS) {
        const faults = await runBoth(sdk, ['main.cjs', file], node).then(
          ({ standard, ours }) => faultsOf(sdk, standard, ours),
          (error: unknown) => [String(error)],
        );
        tell(`Node ${major}, ${sdk}, ${what}`, faults);
      }
      const faults = await nextRouteFaults(ofNext, sdk, node).catch((error: unknown) => [String(error)]);
      tell(`Node ${major}, ${sdk}, routes of Next.js`, faults);
    }
  }
  return faulty;
}
