import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect } from 'chai';
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { OwnContextManager } from '../../dist/esm/stand-alone/context-manager.js';

const KEY = createContextKey('of the test');

describe('the context manager', () => {
  const manager = new OwnContextManager();
  const one = ROOT_CONTEXT.setValue(KEY, 'one');
  const other = ROOT_CONTEXT.setValue(KEY, 'other');
  const active = (): unknown => manager.active().getValue(KEY);

  afterEach(() => {
    manager.disable();
  });

  it('has the root context outside of all', () => {
    expect(manager.active()).to.equal(ROOT_CONTEXT);
  });

  it('keeps a context through what is awaited, and gives back what the work gives', async () => {
    const seen = await manager.with(one, async () => {
      await turn();
      const within = manager.with(other, active);
      return [active(), within, active()];
    });
    expect(seen).to.deep.equal(['one', 'other', 'one']);
    expect(active()).to.equal(undefined);
  });

  it('calls with `this` and arguments, and lets errors through', () => {
    const owner = { name: 'owner' };
    function work(this: typeof owner, ...args: number[]): unknown[] {
      return [this.name, ...args, active()];
    }
    expect(manager.with(one, work, owner, 1, 2)).to.deep.equal(['owner', 1, 2, 'one']);
    expect(() =>
      manager.with(one, () => {
        throw new RangeError('of the work');
      }),
    ).to.throw(RangeError, 'of the work');
  });

  it('binds functions, with `this`, arguments and length', () => {
    const bound = manager.bind(one, function (this: unknown, first: number, second: number): unknown[] {
      return [this, first, second, active()];
    });
    expect(bound.call('owner', 1, 2)).to.deep.equal(['owner', 1, 2, 'one']);
    expect(bound).to.have.length(2);
  });

  it('binds emitters: their listeners run in the context, whenever they were added', () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    emitter.on('event', (value) => seen.push(value, active()));
    expect(manager.bind(one, emitter)).to.equal(emitter);
    emitter.once('event', () => seen.push(active()));
    expect(manager.with(other, () => emitter.emit('event', 1))).to.equal(true);
    expect(seen).to.deep.equal([1, 'one', 'one']);
    expect(emitter.emit('another')).to.equal(false);
  });

  it('leaves alone what can be bound to nothing', () => {
    expect(manager.bind(one, 7)).to.equal(7);
  });
});
