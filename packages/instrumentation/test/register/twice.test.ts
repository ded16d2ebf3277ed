// `register` beside a set-up in code, which a deployment adds or leaves in by oversight: each request is counted once.
import { expect } from 'chai';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { send } from '../support/http-server.js';
import { RegisteredApp } from '../support/registered-app.js';

const REGISTER = ['--import', '@cerberus-otel/instrumentation/register'];
const IN_CODE = ['--import', './set-up-in-code.js'];
const REQUESTS = 3;

describe('register and a set-up in code', () => {
  let backend: EventBackend;

  beforeEach(async () => {
    backend = await startEventBackend();
  });

  afterEach(() => backend.close());

  for (const [name, mode, capture] of [
    ['startCerberus', 'no SDK', 'auto'],
    ['startCerberus', 'no SDK', 'otel'],
    ['withCerberus', 'healthy', 'auto'],
    ['withCerberus and HttpServerInstrumentation', 'light', 'auto'],
  ] as const) {
    for (const order of ['before', 'after'] as const) {
      it(`count each request once, by the options in code (${name} ${order} register, ${capture})`, async () => {
        const flags = order === 'before' ? [...IN_CODE, ...REGISTER] : [...REGISTER, ...IN_CODE];
        const app = new RegisteredApp(
          'plain-app.js',
          {
            MODE: mode,
            ENDS: 'by a handler',
            WS_URL: backend.wsUrl,
            CERBERUS_WS_URL: backend.wsUrl,
            CERBERUS_TOKEN: 'canary-token',
            CERBERUS_CLIENT_ID: 'by-register',
            CERBERUS_SECRET_KEY: 'k'.repeat(32),
            CERBERUS_PROTOCOL: 'event',
            CERBERUS_CAPTURE: capture,
          },
          flags,
        );
        const port = await app.port();
        for (let count = 0; count < REQUESTS; count += 1) await send(port, { target: '/users/7' });
        await until('an event of each', () => backend.events.length >= REQUESTS);
        // Its exit sends whatever is left.
        app.kill('SIGTERM');
        expect(await app.ended).to.include({ code: 7 });
        expect(backend.events, app.stderr).to.have.length(REQUESTS);
        if (order === 'before' || name !== 'startCerberus')
          expect(new Set(backend.events.map((event) => event['client_id']))).to.deep.equal(
            new Set(['in-code']),
          );
        expect(app.stderr).not.to.include('CERBERUS_DOCTOR');
      });
    }
  }
});
