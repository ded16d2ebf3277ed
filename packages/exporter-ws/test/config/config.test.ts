import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import {
  EXPORTER_OPTION_NAMES,
  resolveConfig,
  type CerberusWsExporterOptions,
} from '../../dist/esm/config/config.js';
import { environmentVariable } from '../../dist/esm/config/option-reader.js';
import { selfSigned } from '../support/certificates.js';

const required = { wsUrl: 'wss://example.com/ws', token: 'hunter2', clientId: 'shop' };
const resolve = (options: object = {}, env: Record<string, string> = {}): ReturnType<typeof resolveConfig> =>
  resolveConfig({ ...required, ...options }, env);

describe('exporter config', () => {
  it('refuses a resource that cannot be read by its name, and shows nothing of what it throws', () => {
    const fails = (): never => {
      throw new Error('hunter2');
    };
    for (const resource of [
      { attributes: new Proxy({}, { ownKeys: fails }) },
      { attributes: {}, asyncAttributesPending: true, getRawAttributes: fails },
      { attributes: {}, asyncAttributesPending: true, getRawAttributes: () => 5 },
    ]) {
      expect(() => resolve({ resource }))
        .to.throw('`resource` must be a value that can be read')
        .with.property('option', 'resource');
    }
  });

  it('has the documented defaults', () => {
    expect({ ...resolve() }).to.deep.include({
      protocol: 'auto',
      acks: 'required',
      maxQueueEvents: 10_000,
      maxQueueBytes: 8_388_608,
      maxBatchEvents: 512,
      maxBatchBytes: 262_144,
      flushIntervalMillis: 250,
      maxInFlightFrames: 8,
      maxInFlightEvents: 512,
      maxBufferedBytes: 1_048_576,
      connectTimeoutMillis: 10_000,
      ackTimeoutMillis: 10_000,
      pingIntervalMillis: 15_000,
      pingTimeoutMillis: 10_000,
      initialBackoffMillis: 1_000,
      maxBackoffMillis: 30_000,
      forceFlushTimeoutMillis: 10_000,
      shutdownTimeoutMillis: 5_000,
      compression: 'none',
      endpointFrom: 'path',
      extendedFields: true,
      sourceIpField: 'source_ip',
      captureUserAgent: false,
      allowRawSourceIp: false,
      allowInsecureTransport: false,
    });
  });

  it('reads every option but the agent from the environment', () => {
    const env: Record<string, string> = {
      CERBERUS_WS_URL: 'ws://localhost:1/',
      CERBERUS_TOKEN: 't',
      CERBERUS_CLIENT_ID: 'c',
      CERBERUS_PROTOCOL: 'Event',
      CERBERUS_ACKS: 'none',
      CERBERUS_COMPRESSION: 'gzip',
      CERBERUS_ENDPOINT_FROM: 'route',
      CERBERUS_SOURCE_IP_FIELD: 'remote_addr',
    };
    const numbers = EXPORTER_OPTION_NAMES.filter((name) => /(Events|Bytes|Millis|Frames)$/.test(name));
    const flags = ['captureUserAgent', 'allowRawSourceIp', 'allowInsecureTransport', 'extendedFields'];
    for (const name of numbers) env[environmentVariable(name)] = '77';
    for (const name of flags) env[environmentVariable(name)] = name === 'extendedFields' ? 'no' : 'yes';
    const config = resolveConfig({}, env) as unknown as Record<string, unknown>;
    expect(numbers.map((name) => config[name])).to.deep.equal(numbers.map(() => 77));
    expect(flags.map((name) => config[name])).to.deep.equal([true, true, true, false]);
    expect(config).to.deep.include({ protocol: 'event', acks: 'none', compression: 'gzip', clientId: 'c' });
    expect(config).to.deep.include({ endpointFrom: 'route', sourceIpField: 'remote_addr' });
    expect(config['token']).to.equal('t');
    expect(() => resolve({}, { CERBERUS_AGENT: 'x' })).to.throw(/`agent` must be .* only be set in code/);
  });

  it('prefers code over the environment, and takes an empty variable as unset', () => {
    const env = {
      CERBERUS_MAX_QUEUE_EVENTS: '5',
      CERBERUS_CLIENT_ID: 'other',
      CERBERUS_MAX_BATCH_EVENTS: ' ',
    };
    const config = resolve({ maxQueueEvents: 6 }, env);
    expect([config.maxQueueEvents, config.clientId, config.maxBatchEvents]).to.deep.equal([6, 'shop', 512]);
    expect(resolve({ maxQueueEvents: undefined }, env).maxQueueEvents).to.equal(5);
  });

  it('names what is required and where to set it', () => {
    expect(() => resolveConfig({}, {})).to.throw(/`wsUrl` is required: .*CERBERUS_WS_URL/);
    expect(() => resolveConfig({ wsUrl: required.wsUrl }, {})).to.throw(
      /`token` is required: .*CERBERUS_TOKEN/,
    );
    expect(() => resolveConfig({ wsUrl: required.wsUrl, token: 't' }, {}, () => undefined))
      .to.throw(/`clientId` is required/)
      .with.property('code', 'OPTION_MISSING');
  });

  it('refuses numbers that no timer or queue can use', () => {
    for (const value of [NaN, Infinity, 0, -1, 1.5, 2 ** 31, '7', null, 10n]) {
      expect(() => resolve({ ackTimeoutMillis: value }))
        .to.throw(/`ackTimeoutMillis` must be a whole number of milliseconds from 1 to 2147483647/)
        .with.property('code', 'OPTION_INVALID');
    }
    for (const text of ['abc', '-5', '1e3', '0', '5s']) {
      expect(() => resolve({}, { CERBERUS_ACK_TIMEOUT_MILLIS: text })).to.throw(/`ackTimeoutMillis` must be/);
    }
  });

  it('asks an object in the place of a number or a word nothing, as that may throw', () => {
    const hostile = {
      toString() {
        throw new Error('hostile');
      },
    };
    for (const value of [hostile, Object.create(null), () => 1]) {
      for (const name of ['ackTimeoutMillis', 'protocol', 'captureUserAgent', 'wsUrl', 'proxy', 'spoolDir']) {
        expect(() => resolve({ [name]: value }), name)
          .to.throw(new RegExp(`\`${name}\` must be`))
          .with.property('code', 'OPTION_INVALID');
      }
    }
  });

  it('takes the name of an application as long as a backend does', () => {
    expect(resolve({ clientId: 'c'.repeat(256) }).clientId).to.have.length(256);
    for (const clientId of ['c'.repeat(257), 'sh\0p'])
      expect(() => resolve({ clientId })).to.throw(/`clientId` must be a name of at most 256 characters/);
  });

  it('takes an agent that can be asked for a socket, and no other object', () => {
    expect(resolve({ agent: new Agent() }).agent).to.be.instanceOf(Agent);
    for (const agent of [{}, [], { addRequest: 1 }, 'http'])
      expect(() => resolve({ agent })).to.throw(/`agent` must be an http.Agent/);
  });

  it('refuses words and flags outside of their set', () => {
    expect(() => resolve({ protocol: 'http' })).to.throw(
      '`protocol` must be one of auto, batch, event (got "http")',
    );
    expect(() => resolve({ protocol: 'Event' as never })).to.throw(/`protocol` must be one of/);
    expect(() => resolve({ captureUserAgent: 'yes' })).to.throw(/`captureUserAgent` must be true or false/);
    expect(() => resolve({}, { CERBERUS_CAPTURE_USER_AGENT: 'maybe' })).to.throw(/true or false/);
  });

  it('refuses an unknown option and lists the known, or names the one that was meant', () => {
    expect(() => resolve({ url: 'x' })).to.throw(/unknown option "url"; known are wsUrl, token/);
    expect(() => resolve({ wsURL: 'x' })).to.throw(/unknown option "wsURL"; did you mean wsUrl\?$/);
  });

  it('refuses options that are no object', () => {
    for (const options of [null, 5, 'ws://127.0.0.1/', [], () => undefined])
      expect(() => resolveConfig(options as never, {}))
        .to.throw('the options must be an object')
        .with.property('code', 'OPTION_INVALID');
  });

  it('sends secretKey and backendUrl to the span processor', () => {
    for (const name of ['secretKey', 'backendUrl']) {
      expect(() => resolve({ [name]: 'hunter2' }))
        .to.throw(new RegExp(`\`${name}\` is an option of CerberusSpanProcessor`))
        .with.property('code', 'OPTION_MISPLACED');
    }
  });

  it('refuses a token that no header can carry, without showing it', () => {
    for (const token of ['hunter2\r\nX: y', 'hunter2 x', 'hunter2☃']) {
      expect(() => resolve({ token }))
        .to.throw(/`token` must be made of characters that an HTTP header can carry/)
        .with.property('message')
        .that.does.not.include('hunter2');
    }
  });

  it('shows neither token nor URL nor keys when printed', () => {
    const config = resolve({ wsUrl: 'wss://canary-host.example/path' });
    const printed = inspect(config, { depth: 9 }) + JSON.stringify(config) + String(config);
    expect(printed).to.include('maxQueueEvents').and.not.include('hunter2').and.not.include('canary-host');
    expect(config.token).to.equal('hunter2');
    expect(Object.isFrozen(config)).to.equal(true);
  });

  describe('with certificates', () => {
    let folder: string;
    const file = (name: string): string => join(folder, name);

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'cerberus-config-'));
      const { cert, key } = await selfSigned('localhost');
      writeFileSync(file('cert.pem'), cert);
      writeFileSync(file('key.pem'), key);
      writeFileSync(file('broken.pem'), '-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n');
    });
    after(() => rmSync(folder, { recursive: true }));

    it('takes PEM text from code and file names from the environment', () => {
      const cert = readFileSync(file('cert.pem'), 'utf8');
      const key = readFileSync(file('key.pem'));
      const options: CerberusWsExporterOptions = { tlsCa: cert, tlsCert: cert, tlsKey: key };
      expect(resolve(options).tlsCa).to.equal(cert);
      const env = { CERBERUS_TLS_CA: file('cert.pem') };
      expect(resolve({}, env).tlsCa?.toString()).to.equal(cert);
    });

    it('remembers where a file is, for when the working directory is another one', () => {
      const env = { CERBERUS_TLS_CA: relative(process.cwd(), file('cert.pem')) };
      expect(resolve({}, env).tlsFiles.tlsCa).to.equal(file('cert.pem'));
    });

    it('refuses what OpenSSL cannot use, and half a pair', () => {
      const cert = readFileSync(file('cert.pem'), 'utf8');
      expect(() => resolve({ tlsCa: readFileSync(file('broken.pem')) })).to.throw(
        '`tlsCa` must be a certificate, PEM',
      );
      expect(() => resolve({ tlsCert: cert })).to.throw(/`tlsKey` must be given together/);
      expect(() => resolve({ tlsCert: cert, tlsKey: cert })).to.throw(
        /`tlsKey` must be the unencrypted private key/,
      );
      expect(() => resolve({ tlsCa: '/etc/ssl/x.pem' })).to.throw('`tlsCa` must be PEM text');
      expect(() => resolve({}, { CERBERUS_TLS_CA: '/no/such/file' })).to.throw(
        /`tlsCa` must be the name of a readable PEM file/,
      );
    });
  });
});
