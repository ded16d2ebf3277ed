import { expect } from 'chai';
import { probedPattern, type Matcher } from '../../dist/esm/routes/express-probe.js';
import { express } from '../support/tracing.js';

/** What a router of Express 5 matches a mounted path with, and how often it is asked. */
function mounted(path: string): { readonly matchers: readonly Matcher[]; calls(): number } {
  const router = express.Router();
  router.use(path, (_request, response) => void response.end());
  const [layer] = router.stack as unknown as { readonly matchers: readonly Matcher[] }[];
  const [original] = layer?.matchers ?? [];
  if (original === undefined) throw new Error('a router without matchers');
  let calls = 0;
  // Named as those of path-to-regexp are.
  const match: Matcher = (asked) => {
    calls += 1;
    return original(asked);
  };
  return { matchers: [match], calls: () => calls };
}

describe('a pattern that is found out', () => {
  it('is that of parameters that are whole segments', () => {
    expect(probedPattern(mounted('/orgs/:org/v1').matchers, '/orgs/7/v1')).to.equal('/orgs/:org/v1');
    expect(probedPattern(mounted('/*rest').matchers, '/a/b')).to.equal(undefined);
  });

  for (const [what, path] of [
    ['thousands of segments', '/a'.repeat(7_000)],
    ['one long segment', `/${'a'.repeat(14_000)}`],
  ] as const) {
    it(`takes no more calls where a client has written ${what}`, () => {
      const { matchers, calls } = mounted('/*rest');
      expect(probedPattern(matchers, path)).to.equal(undefined);
      expect(calls()).to.be.below(40);
    });
  }
});
