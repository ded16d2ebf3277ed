// Methods of foreign classes in use: whatever is made of them, they do what they did.
import { expect } from 'chai';
import { hapiRoute } from '../../dist/esm/routes/hapi.js';
import { koaRoute } from '../../dist/esm/routes/koa.js';
import { patch, type LatePatch } from '../../dist/esm/routes/late-patch.js';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

class Application {
  readonly name = 'application';
  handle(...args: unknown[]): unknown {
    return [this.name, ...args];
  }
}

/** A class of its own, and what was noted of its method. */
function prepare(note: LatePatch['note'] = () => undefined) {
  class Own extends Application {
    override handle(...args: unknown[]): unknown {
      if (args[0] === 'throw') throw new RangeError('on purpose');
      return super.handle(...args);
    }
  }
  const noted: unknown[] = [];
  const wanted: LatePatch = {
    file: '',
    method: 'handle',
    note(owner, args) {
      noted.push(args);
      note(owner, args);
    },
  };
  return {
    Own,
    noted,
    wanted,
    original: Object.getOwnPropertyDescriptor(Own.prototype, 'handle')?.value as unknown,
  };
}

function methodOf({ prototype }: { readonly prototype: object }): unknown {
  return Object.getOwnPropertyDescriptor(prototype, 'handle')?.value;
}

describe('a patched method', () => {
  it('has its `this`, its arguments, its value and its error, whatever is thrown by who notes them', () => {
    const { Own, noted, wanted } = prepare(() => {
      throw new Error('on purpose');
    });
    patch(Own, wanted);
    expect(new Own().handle(1, 2)).to.deep.equal(['application', 1, 2]);
    expect(() => new Own().handle('throw')).to.throw(RangeError);
    expect(noted).to.deep.equal([[1, 2], ['throw']]);
  });

  it('is patched once, however many ask, and put back by the last of them', () => {
    const { Own, noted, wanted, original } = prepare();
    const [one, other] = [patch(Own, wanted), patch(Own, wanted)];
    new Own().handle();
    expect(noted).to.deep.equal([[]]);
    one?.();
    one?.();
    expect(methodOf(Own)).to.not.equal(original);
    other?.();
    expect([methodOf(Own), Object.getOwnPropertySymbols(Own.prototype)]).to.deep.equal([original, []]);
  });

  it('stays below what somebody else has made of it, and notes nothing until somebody asks again', () => {
    const { Own, noted, wanted } = prepare();
    const undo = patch(Own, wanted);
    const ours = methodOf(Own) as () => unknown;
    const theirs = function theirs(this: Application): unknown {
      return ours.call(this);
    };
    Own.prototype.handle = theirs;
    undo?.();
    expect([methodOf(Own), new Own().handle(), noted]).to.deep.equal([theirs, ['application'], []]);
    patch(Own, wanted);
    new Own().handle();
    expect([methodOf(Own), noted]).to.deep.equal([theirs, [[]]]);
  });

  for (const [what, exported] of Object.entries({
    nothing: undefined,
    'an object': { prototype: { handle: () => undefined } },
    'a function without a prototype': () => undefined,
    'a class without the method': Error,
    'a class that throws': new Proxy(Error, {
      get() {
        throw new Error('on purpose');
      },
    }),
  })) {
    it(`is not made of ${what}`, () => {
      expect(patch(exported, prepare().wanted)).to.equal(undefined);
    });
  }

  it('is not made of a class that is frozen', () => {
    const { Own, wanted, original } = prepare();
    Object.freeze(Own.prototype);
    expect([patch(Own, wanted), methodOf(Own)]).to.deep.equal([undefined, original]);
  });
});

describe('what Koa and Hapi keep', () => {
  const carrying = (symbol: string, value: unknown): IncomingMessage =>
    Object.assign(new IncomingMessage(new Socket()), { [Symbol.for(`@cerberus-otel/${symbol}.v1`)]: value });

  it('is no route where it is not a pattern', () => {
    const koa = [undefined, {}, { _matchedRoute: 7 }, { _matchedRoute: ['/a', '/b'] }];
    const hapi = [
      undefined,
      {},
      { route: {} },
      { route: { path: 7 } },
      { route: { method: '_special', path: '/{p*}' } },
    ];
    const routes = [
      ...koa.map((context) => koaRoute(carrying('koa-context', context))),
      ...hapi.map((request) => hapiRoute(carrying('hapi-request', request))),
    ];
    expect(new Set(routes)).to.deep.equal(new Set([undefined]));
  });
});
