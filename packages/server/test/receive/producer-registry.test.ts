import { expect } from 'chai';

import { ProducerRegistry, type ProducerOwner } from '../../dist/receive/producer-registry.js';

/** A connection whose frames settle when the test says so. */
class Owner implements ProducerOwner {
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

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await turn();
  return done;
}

describe('ProducerRegistry', () => {
  it('lets the first connection of a producer begin at once', async () => {
    const owner = new Owner();
    expect(await isDone(new ProducerRegistry().claim('p', owner))).to.equal(true);
    expect(owner.superseded).to.equal(0);
  });

  it('supersedes the older one at once, and waits until it has settled', async () => {
    const registry = new ProducerRegistry();
    const [older, newer] = [new Owner(), new Owner()];
    void registry.claim('p', older);
    const clear = registry.claim('p', newer);
    expect(older.superseded).to.equal(1);
    expect(await isDone(clear)).to.equal(false);
    older.settle();
    expect(await isDone(clear)).to.equal(true);
  });

  it('makes a third wait for the first although the second never had a frame', async () => {
    const registry = new ProducerRegistry();
    const [first, second, third] = [new Owner(), new Owner(), new Owner()];
    void registry.claim('p', first);
    void registry.claim('p', second);
    const clear = registry.claim('p', third);
    second.settle();
    expect(await isDone(clear)).to.equal(false);
    first.settle();
    expect(await isDone(clear)).to.equal(true);
  });

  it('keeps producers apart', async () => {
    const registry = new ProducerRegistry();
    const owner = new Owner();
    void registry.claim('p', owner);
    expect(await isDone(registry.claim('q', new Owner()))).to.equal(true);
    expect(owner.superseded).to.equal(0);
  });

  it('forgets a released connection only when it has settled', async () => {
    const registry = new ProducerRegistry();
    const owner = new Owner();
    await registry.claim('p', owner);
    const released = registry.release('p', owner);
    expect([await isDone(released), registry.size]).to.deep.equal([false, 1]);
    owner.settle();
    await released;
    expect(registry.size).to.equal(0);
  });

  it('does not forget a newer connection when an older one is released', async () => {
    const registry = new ProducerRegistry();
    const [older, newer] = [new Owner(), new Owner()];
    void registry.claim('p', older);
    void registry.claim('p', newer);
    older.settle();
    await registry.release('p', older);
    expect(registry.size).to.equal(1);
    void registry.claim('p', new Owner());
    expect(newer.superseded).to.equal(1);
  });
});
