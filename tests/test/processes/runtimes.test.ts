// Where an application runs that is not the main thread of Node.js: it counts there, or says that it does not. Bun and Deno
// themselves are tried by the matrix.
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { answerOf } from '../support/answering-app.js';
import { keepTable } from '../support/written-table.js';

const FOLDER = fileURLToPath(new URL('../../apps/runtimes/', import.meta.url));
const REGISTER = ['--import', '@cerberus-otel/instrumentation/register'];
const CODE = ['--import', './instrumentation.mjs'];

describe('a worker thread that serves HTTP', function () {
  this.timeout(90_000);
  const rows: (readonly string[])[] = [];

  after(() =>
    keepTable('processes/runtimes.test.ts', ['set up by', 'one event each', 'routes', 'said'], rows, 3),
  );

  it('is not counted by register, which says so once, before the first request', async () => {
    const { body, routes, said } = await answerOf(FOLDER, [...REGISTER, 'worker.mjs'], { eventMillis: 500 });
    expect(body).to.deep.equal({ id: '1' });
    expect(routes).to.deep.equal([]);
    expect(said.split('CERBERUS_WORKER')).to.have.length(2);
    expect(said).to.include('docs/frameworks.md');
    rows.push(['register', 'no', 'no', 'once, when the worker listens']);
  });

  it('is counted, with routes, by a set-up in code, and nothing is said', async () => {
    const { routes, said } = await answerOf(FOLDER, [...CODE, 'worker.mjs']);
    expect(routes).to.deep.equal(['/users/:id']);
    expect(said).not.to.include('CERBERUS');
    rows.push(['code, which the worker inherits or loads', 'yes', 'yes', 'nothing']);
  });

  it('is counted by its own set-up beside register in the main thread, and nothing is said', async () => {
    const { routes, said } = await answerOf(FOLDER, [...REGISTER, ...CODE, 'worker.mjs']);
    expect(routes).to.deep.equal(['/users/:id']);
    expect(said).not.to.include('CERBERUS_WORKER');
    rows.push(['code in the worker, beside register', 'yes', 'yes', 'nothing']);
  });
});
