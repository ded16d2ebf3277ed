import { expect } from 'chai';

import { MemoryStore, startServer, type ServerOptions } from '../dist/index.js';
import { startServerIn } from '../dist/server.js';

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

  it('are told apart in the environment from what is none, of which a warning is logged', async () => {
    const env = {
      CERBERUS_SERVER_RETENTON_DAYS: '7',
      CERBERUS_SERVER_SIGN_IN: 'false',
      CERBERUS_SERVER_RETENTION_DAYS: '7',
      CERBERUS_SERVER_TRUST_PROXY: '1',
      CERBERUS_SERVER_LOG_FORMAT: 'json',
      CERBERUS_SERVER_CONFIG: 'x.json',
      // Of a service in Kubernetes.
      CERBERUS_SERVER_SERVICE_HOST: '10.0.0.1',
      CERBERUS_SERVER_SERVICE_PORT_HTTP: '8765',
      CERBERUS_SERVER_PORT_8765_TCP_ADDR: '10.0.0.1',
      CERBERUS_TOKEN: 'of an exporter',
    };
    const warned: string[] = [];
    const log = (level: string, text: string): void => void (level === 'warn' && warned.push(text));
    await (await startServerIn(env, { ...BASE, log })).close();
    expect(warned).to.deep.equal([
      '"CERBERUS_SERVER_RETENTON_DAYS" in the environment is no option of the server: it changes nothing',
      '"CERBERUS_SERVER_SIGN_IN" in the environment is no option of the server: it changes nothing',
    ]);
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
