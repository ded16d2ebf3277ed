// Promise: nothing that receives waits for a question. Many slow ones are asked at once, and whoever connects is welcomed, and
// what he sends is acknowledged, while they wait for each other.

import { join } from 'node:path';

import { expect } from 'chai';

import type { ServerOptions } from '../../dist/config.js';
import type { CerberusServer } from '../../dist/server.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { append, wireEvent } from '../support/events/events.js';
import { randomEvent, seededRandom } from '../support/events/random-events.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

const EVENTS = 150_000;
const QUESTIONS = 48;
const NEWCOMERS = 5;

describe('many slow questions', () => {
  let running: CerberusServer;

  async function start(options: ServerOptions = {}): Promise<void> {
    const db = join(tempFolder(), 'test.duckdb');
    const store = await DuckDbStore.open(db, { memoryLimit: '512MB', threads: 1 });
    const random = seededRandom(7);
    for (let stored = 0; stored < EVENTS; stored += 4000) {
      const events = Array.from({ length: 4000 }, () =>
        randomEvent(random, Date.now() - 3_600_000, Date.now()),
      );
      await store.append(append({ seq: null, receivedAt: Date.now(), events }));
    }
    await store.close();
    running = await server({ db, ...options });
  }

  it('S3 keep nobody waiting who sends, in any mode', async function () {
    this.timeout(120_000);
    await start();
    let answered = 0;
    const questions = Array.from({ length: QUESTIONS }, async () => {
      const { status } = await fetch(`${running.url}/api/summary`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      answered += 1;
      return status;
    });
    for (let n = 0; n < NEWCOMERS; n += 1) {
      const client = await WsClient.batch(running.wsUrl, TOKEN, `newcomer-${n}`);
      client.frame(1, wireEvent());
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      await client.close();
      const body = JSON.stringify({ events: [{ ...wireEvent(), client_id: 'x' }] });
      const ingest = await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body });
      expect(ingest.body).to.deep.equal({ accepted: 1, skipped: 0 });
    }
    // Each of these waits would have been for all of them.
    expect(answered).to.be.below(QUESTIONS / 2);
    // On a slow machine the last ones may have waited for as long as they may.
    for (const status of await Promise.all(questions)) expect(status).to.be.oneOf([200, 503]);
  });

  it('S3 are refused with 503 and the time to wait where the line is full', async function () {
    this.timeout(60_000);
    await start({ maxQuestions: 3 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(`${running.url}/api/summary`)));
    expect(answers.map(({ status }) => status).toSorted()).to.deep.equal([
      ...Array.from({ length: 3 }, () => 200),
      ...Array.from({ length: 5 }, () => 503),
    ]);
    const refused = answers.filter(({ status }) => status === 503);
    for (const { headers, body } of refused) {
      expect([headers.get('retry-after'), body]).to.deep.equal(['5', { error: 'too many questions wait' }]);
    }
  });
});
