import { faultsOf, runBoth } from '../../http-server/comparison.js';
import { PARTS, sdksOf } from '../../http-server/parts.js';
import { installNode } from '../frameworks/installation.js';
import { nextRouteFaults, prepareNextRoutes } from './next-routes.js';

/**
 * Holds HttpServerInstrumentation against HttpInstrumentation on each Node.js, with each OpenTelemetry that it runs; and the routes of Next.js.
 *
 * @returns how many parts have differences that are not listed
 */
export async function runHttpServer(majors: readonly string[], say: (line: string) => void): Promise<number> {
  let faulty = 0;
  let ofNext: string | undefined;
  const tell = (what: string, faults: readonly string[], cases = ''): void => {
    if (faults.length > 0) faulty += 1;
    say(`${what}: ${faults.length === 0 ? `ok${cases}` : `\n  ${faults.join('\n  ')}`}`);
  };
  for (const major of majors) {
    const node = await installNode(major);
    ofNext ??= await prepareNextRoutes(node);
    for (const sdk of sdksOf(`${major}.99`)) {
      for (const { file, what, least } of PARTS) {
        const { faults, count } = await runBoth(sdk, ['main.cjs', file], node).then(
          ({ standard, ours }) => ({
            faults: faultsOf(sdk, standard, ours),
            count: Object.keys(standard).length,
          }),
          (error: unknown) => ({ faults: [String(error)], count: 0 }),
        );
        const tooFew = faults.length === 0 && count <= least ? [`only ${count} cases`] : [];
        tell(`Node ${major}, ${sdk}, ${what}`, [...faults, ...tooFew], `, ${count} cases`);
      }
      const faults = await nextRouteFaults(ofNext, sdk, node).catch((error: unknown) => [String(error)]);
      tell(`Node ${major}, ${sdk}, routes of Next.js`, faults);
    }
  }
  return faulty;
}
