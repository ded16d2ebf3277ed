// Without an SDK, in a process where another copy of OpenTelemetry's API was first.
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { setMetric } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { alone } from '../support/alone.js';
import { listen, send } from '../support/http-server.js';

/** Where every copy of the API keeps what is registered, and the version of the copy that came first. */
const API = Symbol.for('opentelemetry.js.api.1');
const shared = globalThis as Record<symbol, unknown>;

describe('without an SDK, where another version of the API has something registered', () => {
  it('requests are counted, and it is said once that what is set in them is not', async () => {
    const before = shared[API];
    shared[API] = { version: '1.8.0', metrics: {} };
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    afterTest(() => {
      process.off('warning', onWarning);
      shared[API] = before;
    });
    const exporter = alone();
    let isTaken: boolean | undefined;
    const { port } = await listen((_request, response) => {
      isTaken = setMetric('n', 1);
      response.end();
    });
    await send(port, { target: '/a' });
    expect(await exporter.request()).to.include({ 'cerberus.endpoint': '/a' });
    expect(isTaken).to.equal(false);
    await setImmediate();
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include({ code: 'CERBERUS_RUNTIME' });
    expect(warnings[0]?.message).to.include('@opentelemetry/api 1.8.0').and.include('setMetric');
  });
});
