import { expect } from 'chai';
import { EXPORTER_OPTION_NAMES, resolveConfig } from '../../dist/esm/config/config.js';
import { CerberusConfigError } from '../../dist/esm/index.js';

const REQUIRED = { wsUrl: 'wss://example.com/ws', token: 'hunter2', clientId: 'shop' };

function fails(): never {
  throw new Error('sk-secret');
}

/** An object that throws at whatever is asked of it. */
function hostile(target: object): object {
  return new Proxy(target, {
    get: fails,
    has: fails,
    ownKeys: fails,
    getPrototypeOf: fails,
    getOwnPropertyDescriptor: fails,
  });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What a value throws must not be thrown at the application, nor shown. */
function refused(options: object): CerberusConfigError {
  try {
    resolveConfig(options, {});
  } catch (error) {
    expect(error).to.be.instanceOf(CerberusConfigError);
    expect((error as Error).message).to.not.include('sk-secret');
    return error as CerberusConfigError;
  }
  return expect.fail('it was taken');
}

describe('options that throw when they are read', () => {
  for (const [what, value] of [
    ['an object', hostile({})],
    ['a list', hostile(['hash'])],
    ['a function', hostile(() => undefined)],
    ['a proxy that is over', revoked()],
  ] as const) {
    it(`are refused by their names: ${what}`, () => {
      for (const name of EXPORTER_OPTION_NAMES) {
        const error = refused({ ...REQUIRED, [name]: value });
        expect([error.code, error.option], name).to.deep.equal(['OPTION_INVALID', name]);
        expect(error.message).to.include(`\`${name}\` must be `);
      }
    });
  }

  it('are refused by their names where it is a getter, known or not', () => {
    const getter = { get: fails, enumerable: true };
    for (const name of ['compression', 'tlsKey', 'toString'])
      expect(refused(Object.defineProperty({ ...REQUIRED }, name, getter)).option).to.equal(name);
  });

  it('are refused as a whole where all of them do', () => {
    for (const options of [hostile({}), hostile([]), revoked()])
      expect(refused(options).option).to.equal('options');
  });
});
