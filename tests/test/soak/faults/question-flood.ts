import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Answers, AskingSettings } from '../asking-application.js';
import type { Producer } from '../producer.js';
import { between, type Fault, type Scene } from './fault.js';

const application = fileURLToPath(new URL('../asking-application.js', import.meta.url));
const CLIENTS = 3;
/** Of each client; together more than the server lets wait. */
const QUESTIONS_AT_ONCE = 32;
/** Between two that are new. */
const ARRIVAL_MILLIS = 1_000;
const NEWCOMER_SPANS = 50;

/** Clients ask for everything that a page can ask for while all producers, and some that are new, have to be welcomed. */
export class QuestionFlood implements Fault {
  readonly kind = 'question flood';
  readonly share = 1;
  #answered = 0;
  #refused = 0;
  #newcomers = 0;
  #slowestMillis = 0;
  #lateWelcomes = 0;

  async strike(scene: Scene): Promise<void> {
    const { server, token, hold, broken } = scene;
    const clients = Array.from({ length: CLIENTS }, () => {
      const settings: AskingSettings = { url: server.url, token, atOnce: QUESTIONS_AT_ONCE };
      return fork(application, [JSON.stringify(settings)], { env: { PATH: process.env['PATH'] } });
    });
    try {
      // They are under way.
      await Promise.all(clients.map((client) => once(client, 'message')));
      const ending = new AbortController();
      const arrivals = this.#arrivals(scene, ending.signal);
      await hold(between(scene, 4_000, 10_000));
      ending.abort();
      await arrivals;
      for (const client of clients) {
        const told = once(client, 'message');
        client.send('tell');
        const [{ answered, refused, failures }] = (await told) as [Answers];
        this.#answered += answered;
        this.#refused += refused;
        for (const failure of failures) broken(`a question was answered with ${failure}`);
      }
    } finally {
      for (const client of clients) client.kill('SIGKILL');
    }
  }

  findings(): readonly [string, string][] {
    const slowest = `the slowest acknowledged after ${Math.round(this.#slowestMillis)} ms`;
    return [
      ['questions in floods', `${this.#answered} answered, ${this.#refused} asked to come again later`],
      ['newcomers in floods', `${this.#newcomers}, ${slowest}, ${this.#lateWelcomes} welcomed late`],
    ];
  }

  async #arrivals({ proxy, newcomer, broken }: Scene, ending: AbortSignal): Promise<void> {
    const heard: Promise<void>[] = [];
    proxy.reset();
    do {
      heard.push(this.#hears(newcomer(), broken));
      await sleep(ARRIVAL_MILLIS);
    } while (!ending.aborted);
    await Promise.all(heard);
  }

  async #hears(producer: Producer, broken: Scene['broken']): Promise<void> {
    const began = performance.now();
    this.#newcomers += 1;
    producer.export(NEWCOMER_SPANS);
    if (!(await producer.isAcknowledged())) broken('a newcomer was not acknowledged');
    this.#slowestMillis = Math.max(this.#slowestMillis, performance.now() - began);
    if (producer.waitedInVain) this.#lateWelcomes += 1;
    await producer.retire();
  }
}
