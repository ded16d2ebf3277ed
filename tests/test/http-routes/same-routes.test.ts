// Routes without a framework's instrumentation beside those with it: the same requests in child processes, compared span by span.
import { expect } from 'chai';
import { runApplication } from '../http-server/comparison.js';
import { sdksOf } from '../http-server/parts.js';
import { SETUPS } from './setups.js';
import type { WantedDifference } from './wanted-differences.js';

const MAIN = '../http-routes/main.cjs';

/** The SERVER span of one request. */
interface Seen {
  readonly name: string;
  readonly route: string;
  readonly status: number;
  readonly ended: boolean;
}

type SeenCases = Readonly<Record<string, Seen>>;

/** What differs and is not wanted, and what is wanted and does not differ; a line each. */
function faultsOf(before: SeenCases, after: SeenCases, wanted: readonly WantedDifference[]): string[] {
  const names = new Map(wanted.flatMap(({ cases }) => Object.entries(cases)));
  const titles = new Set([...Object.keys(before), ...Object.keys(after), ...names.keys()]);
  return [...titles].flatMap((title) => {
    const one = before[title];
    const other = after[title];
    const [from, to] = names.get(title) ?? [one?.name, one?.name];
    const isAsWanted = one?.name === from && other?.name === to && one?.status === other?.status;
    return isAsWanted && other?.ended === true && isNamedByRoute(title, other)
      ? []
      : [`${title}: ${one?.name} (${one?.status}) → ${other?.name} (${other?.status})`];
  });
}

function isNamedByRoute(title: string, { name, route }: Seen): boolean {
  const [method = ''] = title.slice(title.indexOf(': ') + 2).split(' ', 1);
  return name === (route === 'none' ? method : `${method} ${route}`);
}

describe('routes without an instrumentation of the framework', function () {
  this.timeout(150_000);

  for (const sdk of sdksOf(process.versions.node)) {
    for (const { name, args, wanted, least } of SETUPS) {
      it(`are those of ${name}'s instrumentation, with ${sdk}, but for what is listed`, async () => {
        const runs = (['standard', 'ours'] as const).map(async (kind) => {
          const { report } = await runApplication(kind, sdk, [MAIN, ...args]);
          return report as SeenCases;
        });
        const [before = {}, after = {}] = await Promise.all(runs);
        const concerned = wanted.filter(({ setups = [name] }) => setups.includes(name));
        expect(Object.keys(before)).to.have.length.above(least);
        expect(faultsOf(before, after, concerned)).to.deep.equal([]);
      });
    }
  }
});
