// `register` and ES modules: what nobody instruments is loaded as it is.
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { answerOf } from '../support/answering-app.js';

const FOLDER = fileURLToPath(new URL('../../apps/loader/', import.meta.url));
const REGISTER = ['--import', '@cerberus-otel/instrumentation/register'];

/** Without an SDK there is no hook. */
const env = { CERBERUS_CAPTURE: 'otel' };

describe('the loader hook of register', function () {
  this.timeout(90_000);

  it('leaves alone what nobody instruments, such as date-fns, which does not survive it; routes are there', async () => {
    const { body, routes, said } = await answerOf(FOLDER, [...REGISTER, 'app.mjs'], { env });
    expect(body).to.deep.include({ at: '1970-01-01T00:00:00Z' });
    expect(routes).to.deep.equal(['/users/:id']);
    // Nor does Node.js say of the hook that it is deprecated.
    expect(said).to.equal('');
  });

  it('hooks what an instrumentation of the application asks for later', async () => {
    const args = [...REGISTER, '--import', './own.mjs', 'app.mjs'];
    const { lines, routes } = await answerOf(FOLDER, args, { env });
    expect(lines.filter(({ hooked }) => hooked === 'date-fns/formatISO')).to.have.length(1);
    expect(routes).to.deep.equal(['/users/:id']);
  });
});
