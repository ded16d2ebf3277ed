// Promise: a key that the backend changes is picked up without a restart. In between no event is lost, none goes
// without a pseudonym, and none with a raw address; the old key is used until the new one is there and valid.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { FakeClock } from '../support/fake-clock.js';
import { listen, send, type TestServer } from '../support/http-server.js';
import { giveKey, startKeyServer, type KeyServer } from '../support/key-server.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { startTracing, type Tracing } from '../support/tracing.js';

const ADDRESS = '203.0.113.77';
/** The refresh is due within this time, whatever its jitter. */
const REFRESH_MILLIS = 330_000;
const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
const hashOf = (key: string): string => pseudonym(secretKeyOf(key), ADDRESS);

describe('a key that is rotated', () => {
  let clock: FakeClock;
  let reporter: RecordingReporter;
  let backend: EventBackend;
  let keyServer: KeyServer;
  let processor: CerberusSpanProcessor;
  let exporter: CerberusWsExporter;
  let tracing: Tracing;
  let server: TestServer;
  let current: unknown;
  let answer: (response: ServerResponse) => void;
  let served: number;

  beforeEach(async () => {
    clock = new FakeClock();
    reporter = new RecordingReporter();
    served = 0;
    [current] = keys;
    answer = (response) => giveKey(response, current);
    backend = await startEventBackend();
    keyServer = await startKeyServer((response) => answer(response));
    exporter = new CerberusWsExporter(
      { wsUrl: backend.wsUrl, token: 'canary-token', clientId: 'c', flushIntervalMillis: 1 },
      { env: {} },
    );
    processor = new CerberusSpanProcessor(
      {
        exporter,
        backendUrl: keyServer.url,
        token: 'canary-token',
        trustProxy: 1,
        ignorePaths: ['/api/secret-key', '/ws/*'],
      },
      { env: {}, clock, reporter },
    );
    tracing = startTracing({ processors: [processor] });
    server = await listen((request, response) => {
      setTimeout(() => response.end('fine'), Number(request.headers['x-takes'] ?? 0));
    });
  });
  afterEach(async () => {
    await server.close();
    await tracing.stop();
    await Promise.all([keyServer.close(), backend.close()]);
  });

  async function serve(count: number, takesMillis = 0): Promise<void> {
    served += count;
    const headers = { 'x-forwarded-for': ADDRESS, 'x-takes': String(takesMillis) };
    await Promise.all(
      Array.from({ length: count }, async () => {
        expect(await send(server.port, { headers })).to.include('fine');
      }),
    );
  }

  async function stored(): Promise<unknown[]> {
    await until('every event arrives', () => backend.events.length >= served);
    return backend.events.map((event) => event['source_ip']);
  }

  /** Other tests of this process have loaded Express, and the doctor wonders where its routes are. */
  const conditionsOfTheKey = (): RecordingReporter['conditions'] =>
    reporter.conditions.filter(({ code }) => code !== 'CERBERUS_DOCTOR');

  async function refresh(): Promise<void> {
    const before = keyServer.asked.length;
    // The last that is due: the first requests are looked at for 30 s as well.
    const due = clock.waits.at(-1) ?? 0;
    expect(due).to.be.within(1, REFRESH_MILLIS);
    clock.advance(due);
    await until('the backend is asked again', () => keyServer.asked.length > before);
    await until('its answer is there', () => clock.waits[0] !== 5000);
  }

  /** One pseudonym per key, in the order of the keys. */
  async function expectPseudonymsOf(...used: unknown[]): Promise<void> {
    const all = await stored();
    expect(all).to.have.length(served);
    const runs = all.filter((hash, index) => hash !== all[index - 1]);
    expect(runs).to.deep.equal(used.map((key) => hashOf(String(key))));
    expect(backend.text.join('\n')).to.not.include(ADDRESS);
    expect(processor.stats()).to.include({
      refused: 0,
      handedOver: served,
      waitingForKey: 0,
      hookFailures: 0,
    });
    expect(conditionsOfTheKey()).to.deep.equal([]);
  }

  it('is picked up without a restart, as often as it changes', async () => {
    await serve(5);
    await stored();
    for (const key of keys.slice(1)) {
      current = key;
      await refresh();
      await serve(5);
      await stored();
    }
    await expectPseudonymsOf(...keys);
    expect(reporter.lines.filter((line) => line.includes('new secret key'))).to.have.length(2);
    expect(JSON.stringify(reporter)).to.not.match(/canary|aaaa|bbbb|203\.0/);
  });

  it('is used for requests that began before and end after the change', async () => {
    await serve(1);
    await stored();
    const slow = serve(10, 300);
    await sleep(50);
    [, current] = keys;
    await refresh();
    await slow;
    await expectPseudonymsOf(keys[0], keys[1]);
  });

  it('is not noticed by requests that never stop coming', async () => {
    const end = new AbortController();
    const traffic = (async () => {
      while (!end.signal.aborted) await serve(4, 2);
    })();
    await until('there is traffic', () => served >= 20);
    for (const key of keys.slice(1)) {
      current = key;
      await refresh();
      const before = served;
      await until('there is traffic', () => served >= before + 20);
    }
    end.abort();
    await traffic;
    await expectPseudonymsOf(...keys);
  });

  it('leaves the old key in use while the new one is not valid or cannot be had', async () => {
    await serve(1);
    await stored();
    for (const broken of ['', '   ', null, 7]) {
      current = broken;
      await refresh();
      await serve(2);
    }
    answer = (response) => void response.writeHead(503).end();
    await refresh();
    await serve(2);
    answer = (response) => giveKey(response, keys[1]);
    await refresh();
    await serve(2);
    await expectPseudonymsOf(keys[0], keys[1]);
  });

  it('changes nothing while it stays the same', async () => {
    for (let round = 0; round < 3; round += 1) {
      await serve(2);
      await stored();
      await refresh();
    }
    await expectPseudonymsOf(keys[0]);
    expect(reporter.lines).to.deep.equal([]);
  });
});
