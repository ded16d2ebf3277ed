import { expect } from 'chai';
import fc from 'fast-check';
import { targetReader } from '../../dist/esm/http-server/request-target.js';

const REDACTED = ['sig', 'a.b', 'X-Key'];

/** Without any shortcut, and as HttpInstrumentation does it: of two `?`, none is in the query. */
function byUrl(target: string): object {
  if (!URL.canParse(target, 'http://localhost')) return { path: undefined, query: undefined };
  const { pathname, search } = new URL(target, 'http://localhost');
  if (search === '') return { path: pathname, query: undefined };
  const parameters = new URLSearchParams(search.slice(1));
  for (const name of REDACTED) if (parameters.has(name)) parameters.set(name, 'REDACTED');
  return { path: pathname, query: parameters.toString() };
}

const PIECES =
  '/ // . .. %2e %2E % %41 %20 ? & = # + * ~ \' " \\ | ^ ` { < : @ ; a Z 0 - _ ! $ ( sig sig=1 &sig= a.b=2 X-Key http://h é [ ,'.split(
    ' ',
  );
const piece = fc.constantFrom(' ', ...PIECES);

describe('path and query of a request target', () => {
  it('are those of a URL, whatever the target', () => {
    const read = targetReader(REDACTED);
    const target = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          target,
          target.map((text) => `/${text}`),
          fc.webUrl(),
          fc.string(),
        ),
        (text) => {
          expect(read(text)).to.deep.equal(byUrl(text));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('show every value where no parameter is to be redacted', () => {
    expect(targetReader([])('/x?sig=1')).to.deep.equal({ path: '/x', query: 'sig=1' });
  });
});
