import { expect } from 'chai';
import { keyBackendOf, PROCESSOR_OPTION_TABLE, readProcessorOptions } from '../dist/esm/config.js';
import { CerberusSpanProcessor, type CerberusSpanProcessorOptions } from '../dist/esm/index.js';
import { RecordingExporter } from './support/recording-exporter.js';
import { RecordingReporter } from './support/recording-reporter.js';

/** Options whose value is shown when it is wrong: words and switches. */
const PLAIN = new Set(['sourceIp', 'userId', 'forwardedHeader', 'allowInsecureTransport', 'redactSpans']);

type Env = Record<string, string>;
const read = (options: CerberusSpanProcessorOptions, env: Env = {}) => readProcessorOptions(options, env);

describe('the options of CerberusSpanProcessor', () => {
  it('have defaults', () => {
    const { ignorePaths, proxyTo, ...others } = read({});
    expect(ignorePaths('/health')).to.equal(true);
    expect(proxyTo(new URL('https://cerberus.example.com'))).to.equal(undefined);
    expect(others).to.deep.equal({
      exporter: undefined,
      secretKey: undefined,
      backendUrl: undefined,
      tlsCa: undefined,
      tlsCaFile: undefined,
      token: undefined,
      allowInsecureTransport: false,
      sourceIp: 'hash',
      userId: 'hash',
      trustProxy: undefined,
      forwardedHeader: 'x-forwarded-for',
      redactSpans: false,
      patchRoutes: [],
      selfObsMeterProvider: undefined,
    });
  });

  it('come from the environment, and code wins', () => {
    const env = {
      CERBERUS_SECRET_KEY: 'from-env',
      CERBERUS_SOURCE_IP: 'omit',
      CERBERUS_USER_ID: 'raw',
      CERBERUS_TRUST_PROXY: '1',
      CERBERUS_FORWARDED_HEADER: 'forwarded',
      CERBERUS_IGNORE_PATHS: '/ping',
      CERBERUS_ALLOW_INSECURE_TRANSPORT: 'yes',
    };
    const config = read({ sourceIp: 'hash' }, env);
    expect(config).to.include({
      secretKey: 'from-env',
      sourceIp: 'hash',
      userId: 'raw',
      trustProxy: 1,
      forwardedHeader: 'forwarded',
      allowInsecureTransport: true,
    });
    expect(config.ignorePaths('/ping')).to.equal(true);
  });

  const wrong: readonly [CerberusSpanProcessorOptions, string, string][] = [
    [{ exporter: {} as never }, 'exporter', 'OPTION_INVALID'],
    [{ secretKey: '' }, 'secretKey', 'OPTION_INVALID'],
    [{ sourceIp: 'plain' as never }, 'sourceIp', 'OPTION_INVALID'],
    [{ userId: 'omit' as never }, 'userId', 'OPTION_INVALID'],
    [{ forwardedHeader: 'x-real-ip' as never }, 'forwardedHeader', 'OPTION_INVALID'],
    [{ trustProxy: true as never }, 'trustProxy', 'OPTION_INVALID'],
    [{ redactSpans: true, sourceIp: 'raw' }, 'redactSpans', 'OPTION_INVALID'],
    [{ patchRoutes: ['express' as never] }, 'patchRoutes', 'OPTION_INVALID'],
    [{ patchRoutes: 'koa' as never }, 'patchRoutes', 'OPTION_INVALID'],
    [{ backendUrl: 'https://b.example' }, 'token', 'OPTION_MISSING'],
    [{ backendUrl: 'wss://b.example', token: 't' }, 'backendUrl', 'OPTION_INVALID'],
    [{ backendUrl: 'https://canary@b.example', token: 't' }, 'backendUrl', 'OPTION_INVALID'],
    [{ backendUrl: 'http://b.example', token: 't' }, 'backendUrl', 'INSECURE_TRANSPORT'],
    [{ wsUrl: 'wss://x' } as never, 'wsUrl', 'OPTION_UNKNOWN'],
    [null as never, 'options', 'OPTION_INVALID'],
  ];
  for (const [options, option, code] of wrong) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      expect(() => new CerberusSpanProcessor(options, { env: {}, reporter: new RecordingReporter() }))
        .to.throw(option)
        .that.includes({ code, option, name: 'CerberusConfigError' });
    });
  }

  it('never show a credential in a message', () => {
    const canary = 'canary-203.0.113.77';
    for (const name of Object.keys(PROCESSOR_OPTION_TABLE)) {
      for (const value of [canary, [canary], { canary }, `https://u:${canary}@b.example`]) {
        try {
          keyBackendOf(read({ token: canary, [name]: value }));
        } catch (error) {
          if (!PLAIN.has(name)) expect((error as Error).message, name).to.not.include('canary');
        }
      }
    }
  });

  it('prefer the key itself to the backend, and need no key for raw values', () => {
    const backend = { backendUrl: 'https://b.example/base/', token: 't' };
    expect(keyBackendOf(read({ ...backend, secretKey: 'k' }))).to.equal(undefined);
    expect(keyBackendOf(read({ ...backend, sourceIp: 'raw', userId: 'raw' }))).to.equal(undefined);
    expect(keyBackendOf(read({ ...backend, sourceIp: 'omit' }))?.insecure).to.equal(false);
    expect(
      keyBackendOf(read({ backendUrl: 'http://b.example', token: 't', allowInsecureTransport: true }))
        ?.insecure,
    ).to.equal(true);
    expect(keyBackendOf(read({ backendUrl: 'http://[::1]:8080', token: 't' }))?.insecure).to.equal(false);
  });

  function conditions(options: CerberusSpanProcessorOptions): string[] {
    const reporter = new RecordingReporter();
    const processor = new CerberusSpanProcessor(
      { exporter: new RecordingExporter(), ...options },
      { env: {}, reporter },
    );
    void processor.shutdown();
    return reporter.codes;
  }

  it('lead to one warning each for no key, a short key and an unencrypted backend', () => {
    expect(conditions({})).to.deep.equal(['CERBERUS_NO_KEY']);
    expect(conditions({ sourceIp: 'omit' })).to.deep.equal([]);
    expect(conditions({ secretKey: 'x'.repeat(31) })).to.deep.equal(['CERBERUS_SECRET_KEY_SHORT']);
    expect(conditions({ secretKey: 'x'.repeat(32) })).to.deep.equal([]);
    expect(
      conditions({ backendUrl: 'http://b.example', token: 't', allowInsecureTransport: true }),
    ).to.deep.equal(['CERBERUS_INSECURE_TRANSPORT']);
  });
});
