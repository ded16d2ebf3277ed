// Nobody closes the servers of an application without a handler: it answers until it is gone.
import { expect } from 'chai';
import { Agent, get } from 'node:http';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { Backend, type Link } from './backend.js';
import { LeavingApp } from './leaving-app.js';

const CLIENTS = 8;
/** What is answered before the signal. */
const ANSWERED = 300;
const CASES = [
  { capture: 'light', link: 'loopback' },
  { capture: 'light', link: 'TLS' },
  { capture: 'light', link: 'proxy of 50 ms' },
  { capture: 'otel', link: 'loopback' },
  { capture: 'otel', link: 'proxy of 50 ms' },
] satisfies { readonly capture: string; readonly link: Link }[];

/** Asks without a pause, until the application is gone. */
class BusyClients {
  answered = 0;
  readonly done: Promise<unknown>;

  constructor(port: number) {
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    afterTest(() => agent.destroy());
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (await this.#isAnswered(port, agent)) this.answered += 1;
    });
    this.done = Promise.all(clients);
  }

  #isAnswered(port: number, agent: Agent): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = get({ host: '127.0.0.1', port, agent }, (answer) => {
        answer.resume();
        answer.on('close', () => resolve(answer.complete));
      });
      asked.on('error', () => resolve(false));
    });
  }
}

describe('an application that answers until a signal has ended it, under register', function () {
  this.timeout(120_000);
  // Counting ends where the backend takes more than 0.4 s, as on a machine that stands still for so long just then.
  this.retries(2);
  let backend: Backend;
  let attempts = 0;

  before(async () => {
    backend = await Backend.start();
  });
  after(() => backend.stop());

  for (const { capture, link } of CASES) {
    it(`counts each of its answers: ${capture}, ${link}`, async () => {
      attempts += 1;
      const clientId = `${capture} ${link}, attempt ${attempts}`;
      const env = { ...backend.env(link, clientId), HANDLER: 'none', CERBERUS_CAPTURE: capture };
      const app = await LeavingApp.start({ setUp: 'register', env });
      afterTest(() => app.kill('SIGKILL'));
      await app.ask('/first');
      expect(await backend.stored(clientId, 1, 15_000), app.output).to.equal(1);
      const clients = new BusyClients(app.port);
      await until('many are answered', () => clients.answered >= ANSWERED);
      app.kill('SIGTERM');
      expect(await app.ended, app.output).to.deep.equal({ code: null, signal: 'SIGTERM' });
      await clients.done;
      const served = 1 + clients.answered;
      // Each client may have had one on its way that was cut off.
      expect(await backend.stored(clientId, served)).to.be.within(served, served + CLIENTS);
    });
  }
});
