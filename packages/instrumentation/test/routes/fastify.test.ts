// Whoever publishes on Fastify's channel, and whatever: an application starts as if nobody listened.
import { expect } from 'chai';
import { carryRoutes } from '../../dist/esm/routes/fastify.js';

describe('the routes of Fastify', () => {
  for (const [what, message] of Object.entries({
    nothing: undefined,
    'no application': {},
    'an application without hooks': { fastify: { hasRequestDecorator: () => false } },
    'an application that takes no hooks any more': {
      fastify: {
        hasRequestDecorator: () => false,
        addHook() {
          throw new Error('on purpose');
        },
      },
    },
  })) {
    it(`throws nothing for ${what}`, () => {
      expect(() => carryRoutes(message)).to.not.throw();
    });
  }

  it('handles every request, also such as have no route to carry', () => {
    const hooks: ((request: unknown, reply: unknown, done: () => void) => void)[] = [];
    const fastify = {
      hasRequestDecorator: () => false,
      addHook: (_name: string, hook: (typeof hooks)[number]) => hooks.push(hook),
    };
    carryRoutes({ fastify });
    const raw = {};
    let handled = 0;
    for (const request of [{}, { raw }, { raw, routeOptions: {} }, { raw, routeOptions: { url: 7 } }])
      hooks[0]?.(request, {}, () => (handled += 1));
    expect([handled, Reflect.ownKeys(raw)]).to.deep.equal([4, []]);
  });

  it('asks an application once, however many listen', () => {
    let hooks = 0;
    const fastify = { hasRequestDecorator: () => false, addHook: () => (hooks += 1) };
    carryRoutes({ fastify });
    carryRoutes({ fastify });
    expect(hooks).to.equal(1);
  });
});
