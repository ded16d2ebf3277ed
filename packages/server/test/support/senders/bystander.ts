import { expect } from 'chai';

import { wireEvent } from '../events/events.js';
import { call, TOKEN } from '../servers/server-fixture.js';
import { WsClient } from './ws-client.js';

interface Target {
  readonly url: string;
  readonly wsUrl: string;
}

/**
 * A client in each mode that behaves while somebody else does not. It has to be served at every moment, and what it
 * was told is stored has to be there.
 */
export class Bystander {
  readonly #target: Target;
  readonly #batch: WsClient;
  readonly #event: WsClient;
  #seq = 0;

  private constructor(target: Target, batch: WsClient, event: WsClient) {
    this.#target = target;
    this.#batch = batch;
    this.#event = event;
  }

  static async connect(target: Target): Promise<Bystander> {
    const batch = await WsClient.connect(target.wsUrl, { token: TOKEN, batch: true });
    batch.hello('bystander', 'bystander');
    expect(await batch.next()).to.include({ type: 'welcome' });
    return new Bystander(target, batch, await WsClient.connect(target.wsUrl, { token: TOKEN }));
  }

  /** Sends in both modes on connections that were open before the attack, and waits for the answers. */
  async served(): Promise<void> {
    this.#seq += 1;
    this.#batch.frame(this.#seq, wireEvent());
    this.#event.send({ ...wireEvent(), token: TOKEN, client_id: 'bystander' });
    expect(await this.#batch.next()).to.deep.equal({ type: 'ack', seq: this.#seq });
    expect(await this.#event.next()).to.deep.equal({ status: 'ok' });
  }

  /** After an attack: still served, so is a newcomer, and everything acknowledged is there, once. */
  async unharmed(): Promise<void> {
    await this.served();
    const newcomer = await WsClient.batch(this.#target.wsUrl, TOKEN, 'newcomer');
    await newcomer.close();
    const { body } = await call(`${this.#target.url}/api/summary?client_id=bystander`);
    expect(body['requests']).to.equal(2 * this.#seq);
  }
}
