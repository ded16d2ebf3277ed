// HttpServerInstrumentation beside HttpInstrumentation: the same requests in child processes, compared span by span.
import { expect } from 'chai';
import { faultsOf, runBoth, type Seen } from './comparison.js';
import { PARTS, sdksOf } from './parts.js';
import { WANTED } from './wanted-differences.js';

describe('HttpServerInstrumentation', function () {
  this.timeout(150_000);
  const seen: Record<string, Seen> = {};

  for (const sdk of sdksOf(process.versions.node)) {
    for (const { file, what, least } of PARTS) {
      it(`gives the spans, metrics and contexts of HttpInstrumentation for ${what}, with ${sdk}, but for what is listed`, async () => {
        const { standard, ours } = await runBoth(sdk, ['main.cjs', file]);
        Object.assign(seen, ours);
        expect(Object.keys(standard)).to.have.length.above(least);
        expect(faultsOf(sdk, standard, ours)).to.deep.equal([]);
      });
    }
  }

  it('differs only in cases that there are', () => {
    const known = WANTED.flatMap(({ cases }) => cases);
    // Some do not load on newer versions of Node.js.
    expect(known.filter((title) => !(title in seen) && !title.startsWith('restify'))).to.deep.equal([]);
  });

  it('names routes and nests spans for the instrumentations of frameworks', () => {
    const names = ['Express', 'Koa', 'Fastify', 'hapi'].map((name) => {
      const { spans = [] } = seen[`${name} /users/7`] ?? {};
      return [spans[0]?.name, spans.length > 1];
    });
    expect(names).to.deep.equal([
      ['GET /users/:id', true],
      ['GET /users/:id', true],
      ['GET /users/:id', true],
      ['GET /users/{id}', true],
    ]);
  });
});
