import { expect } from 'chai';

import { MemoryStore, startServer, type ServerOptions } from '../dist/index.js';

/** What JavaScript may give, whatever the types say. */
async function refusalOf(options: unknown): Promise<unknown> {
  try {
    await (await startServer(options as ServerOptions)).close();
    return 'started';
  } catch (error) {
    const { name, code, message } = error as { name?: unknown; code?: unknown; message: string };
    expect([name, code]).to.deep.equal(['CerberusServerError', 'INVALID_OPTION']);
    return message;
  }
}

describe('options that are given in code', () => {
  const BASE = { port: 0, db: ':memory:', token: 't', secretKey: 'k' };

  it('are refused where there is no such option, with the one that was meant', async () => {
    expect(await refusalOf({ ...BASE, tlscert: 'x' })).to.equal(
      'unknown option "tlscert"; did you mean tlsCert?',
    );
    expect(await refusalOf({ ...BASE, retentonDays: 7 })).to.match(
      /^unknown option "retentonDays"; known are port, .*signIn/,
    );
    expect(await refusalOf({ ...BASE, retentonDays: undefined })).to.equal('started');
  });

  it('are refused where they are no object', async () => {
    for (const options of [null, 'x', 5, []])
      expect(await refusalOf(options)).to.equal('the options must be an object');
  });

  it('are refused where `log` cannot be called, and where `store` is none', async () => {
    for (const log of ['info', {}, 1])
      expect(await refusalOf({ ...BASE, log })).to.equal('`log` must be a function');
    for (const store of [{}, [], new Map()])
      expect(await refusalOf({ ...BASE, store })).to.match(/^`store` must be a URL, or a store/);
  });

  it('are taken: all that there are', async () => {
    expect(
      await refusalOf({
        ...BASE,
        log: () => undefined,
        store: new MemoryStore(),
        signIn: true,
        trustProxy: 1,
        otlpTrustProxy: false,
      }),
    ).to.equal('started');
  });
});
