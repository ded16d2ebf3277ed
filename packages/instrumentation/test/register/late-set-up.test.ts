// Next.js listens before it lets the application set tracing up, so that a client may be there first: a balancer's probe, for one.
import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { send } from '../support/http-server.js';
import { RegisteredApp } from '../support/registered-app.js';

describe('register in a server that sets its tracing up when it has a client', () => {
  let backend: EventBackend;
  let folder: string;

  beforeEach(async () => {
    backend = await startEventBackend();
    folder = await mkdtemp(join(tmpdir(), 'cerberus-late-'));
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src/instrumentation.ts'), '');
  });

  afterEach(async () => {
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** After two requests, the second when the first is answered. @returns what the application printed */
  async function served(sdk: string): Promise<string> {
    const app = new RegisteredApp('late-sdk.js', {
      SDK: sdk,
      FOLDER: folder,
      CERBERUS_WS_URL: backend.wsUrl,
      CERBERUS_TOKEN: 'canary-token',
      CERBERUS_CLIENT_ID: 'late',
      CERBERUS_SECRET_KEY: 'k'.repeat(32),
      CERBERUS_PROTOCOL: 'event',
    });
    const port = await app.port();
    for (const target of ['/first', '/second']) {
      await send(port, { target });
      await until(`the event of ${target}`, () => backend.events.at(-1)?.['endpoint'] === target);
    }
    app.kill('SIGTERM');
    await app.ended;
    return app.stdout;
  }

  it('leaves the place to the SDK, whose spans are all there, and counts each request', async () => {
    expect(await served('yes')).to.include('spans: 2');
    expect(backend.events.map((event) => event['custom_data'])).to.deep.equal([{ helper: 1 }, { helper: 1 }]);
  });

  it('takes the place when no SDK has come with the first answer, and counts each request', async () => {
    await served('no');
    expect(backend.events.map((event) => event['custom_data'])).to.deep.equal([
      { helper: 1 },
      { helper: 1, attribute: 2 },
    ]);
  });
});
