import { expect } from 'chai';

import { ProducerRegistry, type ProducerOwner } from '../../dist/receive/producer-registry.js';

/** A connection whose frames settle when the test says so. */
class Owner implements ProducerOwner {
  application: string | undefined = 'shop';
  superseded = 0;
  settle: () => void = () => undefined;
  readonly #settled = new Promise<void>((resolve) => {
    this.settle = resolve;
  });

  supersede(): void {
    this.superseded += 1;
  }

  settled(): Promise<void> {
    return this.#settled;
  }
}

const P = { producer: 'p', clientId: 'shop' };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function isDone(promise: Promise<void> | undefined): Promise<boolean> {
  let done = false;
  void promise?.then(() => {
    done = true;
  });
  await turn();
  return done;
}

describe('ProducerRegistry', () => {
  it('lets the first connection of a producer begin at once', async () => {
    const owner = new Owner();
    expect(await isDone(new ProducerRegistry().claim(P, owner))).to.equal(true);
    expect(owner.superseded).to.equal(0);
  });

  it('supersedes the older one at once, and waits until it has settled', async () => {
    const registry = new ProducerRegistry();
    const [older, newer] = [new Owner(), new Owner()];
    void registry.claim(P, older);
    const clear = registry.claim(P, newer);
    expect(older.superseded).to.equal(1);
    expect(await isDone(clear)).to.equal(false);
    older.settle();
    expect(await isDone(clear)).to.equal(true);
  });

  it('makes a third wait for the first although the second never had a frame', async () => {
    const registry = new ProducerRegistry();
    const [first, second, third] = [new Owner(), new Owner(), new Owner()];
    void registry.claim(P, first);
    void registry.claim(P, second);
    const clear = registry.claim(P, third);
    second.settle();
    expect(await isDone(clear)).to.equal(false);
    first.settle();
    expect(await isDone(clear)).to.equal(true);
  });

  it('refuses a producer to another application while one that has proven to own it is connected', () => {
    const registry = new ProducerRegistry();
    const owner = new Owner();
    void registry.claim(P, owner);
    expect(registry.claim({ producer: 'p', clientId: 'thief' }, new Owner())).to.equal(undefined);
    expect(owner.superseded).to.equal(0);
  });

  it('lets nobody keep a producer from its application by saying its id first', async () => {
    const registry = new ProducerRegistry();
    const thief = new Owner();
    thief.application = undefined;
    void registry.claim({ producer: 'p', clientId: 'thief' }, thief);
    const clear = registry.claim(P, new Owner());
    expect(thief.superseded).to.equal(1);
    thief.settle();
    expect(await isDone(clear)).to.equal(true);
  });

  it('keeps producers apart', async () => {
    const registry = new ProducerRegistry();
    const owner = new Owner();
    void registry.claim(P, owner);
    expect(await isDone(registry.claim({ producer: 'q', clientId: 'shop' }, new Owner()))).to.equal(true);
    expect(owner.superseded).to.equal(0);
  });

  it('forgets a released connection only when it has settled', async () => {
    const registry = new ProducerRegistry();
    const owner = new Owner();
    await registry.claim(P, owner);
    const released = registry.release('p', owner);
    expect([await isDone(released), registry.size]).to.deep.equal([false, 1]);
    owner.settle();
    await released;
    expect(registry.size).to.equal(0);
  });

  it('does not forget a newer connection when an older one is released', async () => {
    const registry = new ProducerRegistry();
    const [older, newer] = [new Owner(), new Owner()];
    void registry.claim(P, older);
    void registry.claim(P, newer);
    older.settle();
    await registry.release('p', older);
    expect(registry.size).to.equal(1);
    void registry.claim(P, new Owner());
    expect(newer.superseded).to.equal(1);
  });
});
