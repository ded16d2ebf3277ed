import { expect } from 'chai';

import { NUMBER_RULES } from '../dist/number-options.js';
import { resolveConfig, variableOf, type ServerOptions } from '../dist/config.js';

function refusal(options: ServerOptions, env: Record<string, string> = {}): string {
  try {
    resolveConfig(options, env);
  } catch (error) {
    expect(error).to.include({ name: 'CerberusServerError', code: 'INVALID_OPTION' });
    return (error as Error).message;
  }
  throw new Error('accepted');
}

describe('resolveConfig', () => {
  it('says where the URL of a PostgreSQL database belongs, and shows no password of it', () => {
    const message = refusal({ db: 'postgres://cerberus:secret@db.example/cerberus' });
    expect(message).to.include('`db`').and.include('`store`').and.not.include('secret');
    expect(refusal({}, { CERBERUS_SERVER_DB: 'postgresql://db.example/x' })).to.equal(message);
    expect(resolveConfig({ db: 'C:\\data\\x.duckdb' }, {}).db).to.equal('C:\\data\\x.duckdb');
  });

  it('has these defaults', () => {
    expect(resolveConfig({}, {})).to.deep.equal({
      host: '127.0.0.1',
      port: 8765,
      db: './cerberus.duckdb',
      store: undefined,
      memoryLimit: '512MB',
      threads: 2,
      token: undefined,
      secretKey: undefined,
      maxConnections: 1000,
      maxConnectionsPerAddress: 1000,
      maxUnauthenticatedConnections: 100,
      maxHttpConnections: 256,
      maxUnauthenticatedHttpConnections: 256,
      maxFrameBytes: 1_048_576,
      maxInFlightFrames: 64,
      maxInFlightEvents: 1024,
      maxPendingBytes: 67_108_864,
      maxPendingEvents: 100_000,
      maxIngestBytes: 8_388_608,
      maxOtlpBytes: 20_971_520,
      retentionDays: 30,
      maxDbBytes: 0,
      maxEventAgeDays: 30,
      maxEventAheadMillis: 3_600_000,
      maxQuestions: 64,
      questionTimeoutMillis: 30_000,
      throttleMillis: 1000,
      helloTimeoutMillis: 10_000,
      firstEventTimeoutMillis: 60_000,
      requestTimeoutMillis: 10_000,
      pingIntervalMillis: 15_000,
      shutdownTimeoutMillis: 5000,
      rotateKey: 'off',
      signIn: true,
      tlsCert: undefined,
      tlsKey: undefined,
      traceUrlTemplate: undefined,
      publicUrl: undefined,
      alerts: undefined,
      trustProxy: false,
      otlpTrustProxy: false,
      otlpAddress: 'peer',
    });
  });

  it('takes each of them from the environment, and the option first', () => {
    const {
      signIn: _codeOnly,
      trustProxy: _noText,
      otlpTrustProxy: _noTextAsWell,
      store: _noTextEither,
      tlsCert: _goesWithAnother,
      tlsKey: _goesWithOneToo,
      ...variables
    } = resolveConfig(
      {
        token: 't',
        secretKey: 'k',
        traceUrlTemplate: 'http://a/{trace_id}',
        publicUrl: 'http://a',
        alerts: 'a.json',
      },
      {},
    );
    for (const [name, value] of Object.entries(variables)) {
      const texts: Readonly<Record<string, string>> = {
        traceUrlTemplate: 'http://b/{trace_id}',
        publicUrl: 'http://b',
        rotateKey: 'daily',
        otlpAddress: 'client',
      };
      const text = texts[name] ?? '1GB';
      const other: unknown = typeof value === 'number' ? Math.max(value + 1, leastOf(name)) : text;
      const env = { [variableOf(name)]: String(other) };
      expect(resolveConfig({}, env), name).to.have.property(name, other);
      expect(resolveConfig({ [name]: value }, env), name).to.have.property(name, value);
    }
  });

  it('takes the files of TLS from options and the environment, but not one without the other', () => {
    const env = { CERBERUS_SERVER_TLS_CERT: 'a', CERBERUS_SERVER_TLS_KEY: 'b' };
    expect(resolveConfig({}, env)).to.include({ tlsCert: 'a', tlsKey: 'b' });
    expect(resolveConfig({ tlsCert: 'c' }, env)).to.include({ tlsCert: 'c', tlsKey: 'b' });
    expect(refusal({ tlsCert: 'geheim' })).to.equal(
      '`tlsCert` (CERBERUS_SERVER_TLS_CERT) goes with a `tlsKey`',
    );
    expect(refusal({ tlsKey: 'geheim' })).to.equal(
      '`tlsKey` (CERBERUS_SERVER_TLS_KEY) goes with a `tlsCert`',
    );
  });

  it('takes the address of the page, without a slash at its end, and nothing behind it', () => {
    const publicUrl = (url: string): unknown => resolveConfig({ publicUrl: url }, {}).publicUrl;
    expect(publicUrl('https://a.example')).to.equal('https://a.example');
    expect(publicUrl('http://a.example:81/cerberus/')).to.equal('http://a.example:81/cerberus');
    for (const text of ['a.example', 'ftp://a', 'https://a/?x=1', 'https://a/#x', 'https://me:geheim@a'])
      expect(refusal({ publicUrl: text }), text).to.equal(
        '`publicUrl` (CERBERUS_SERVER_PUBLIC_URL) must be an http:// or https:// URL without a user, a query and a fragment',
      );
  });

  it('takes trusted proxies as hops or networks, also as text, but never everybody', () => {
    const fromText = (text: string): unknown =>
      resolveConfig({}, { CERBERUS_SERVER_TRUST_PROXY: text }).trustProxy;
    expect(['', 'false', '2'].map(fromText)).to.deep.equal([false, false, 2]);
    expect(fromText('loopback, 10.0.0.0/8,2001:db8::1,')).to.deep.equal([
      'loopback',
      '10.0.0.0/8',
      '2001:db8::1',
    ]);
    expect(resolveConfig({ trustProxy: 1 }, { CERBERUS_SERVER_TRUST_PROXY: '2' }).trustProxy).to.equal(1);
    for (const text of ['true', 'yes', '51', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8'])
      expect(refusal({}, { CERBERUS_SERVER_TRUST_PROXY: text }), text).to.match(
        /^`trustProxy` \(CERBERUS_SERVER_TRUST_PROXY\) must be false, a number of hops/,
      );
    expect(refusal({ trustProxy: -1 })).to.include('trustProxy');
  });

  it('tells proxies in front of applications from those in front of itself, and addresses that clients write from others', () => {
    const given = { CERBERUS_SERVER_OTLP_TRUST_PROXY: '2', CERBERUS_SERVER_OTLP_ADDRESS: 'client' };
    expect(resolveConfig({}, given)).to.include({
      trustProxy: false,
      otlpTrustProxy: 2,
      otlpAddress: 'client',
    });
    expect(refusal({ otlpTrustProxy: -1 })).to.match(
      /^`otlpTrustProxy` \(CERBERUS_SERVER_OTLP_TRUST_PROXY\)/,
    );
    expect(refusal({}, { CERBERUS_SERVER_OTLP_ADDRESS: 'any' })).to.equal(
      '`otlpAddress` (CERBERUS_SERVER_OTLP_ADDRESS) must be one of peer, client',
    );
  });

  it('changes only a key that it made up', () => {
    expect(resolveConfig({}, { CERBERUS_SERVER_ROTATE_KEY: 'weekly' }).rotateKey).to.equal('weekly');
    expect(refusal({}, { CERBERUS_SERVER_ROTATE_KEY: 'hourly' })).to.match(
      /must be one of off, daily, weekly, monthly$/,
    );
    expect(refusal({ rotateKey: 'daily', secretKey: 'mine' }))
      .to.match(/^`rotateKey` .* made up/)
      .and.not.include('mine');
    expect(resolveConfig({ rotateKey: 'off', secretKey: 'mine' }, {}).rotateKey).to.equal('off');
  });

  it('takes no variable for leaving out the sign-in', () => {
    expect(resolveConfig({}, { CERBERUS_SERVER_SIGN_IN: 'false' }).signIn).to.equal(true);
  });

  it('names variables after options', () => {
    expect(variableOf('port')).to.equal('CERBERUS_SERVER_PORT');
    expect(variableOf('maxInFlightFrames')).to.equal('CERBERUS_SERVER_MAX_IN_FLIGHT_FRAMES');
  });

  it('takes an empty variable for one that is not set', () => {
    expect(
      resolveConfig({}, { CERBERUS_SERVER_PORT: '', CERBERUS_SERVER_DB: '', CERBERUS_SERVER_TOKEN: '' }),
    ).to.include({
      port: 8765,
      db: './cerberus.duckdb',
      token: undefined,
    });
  });

  it('takes no spaces and line ends around a variable for a part of it, and leaves what is given in code as it is', () => {
    const env = {
      CERBERUS_SERVER_TOKEN: 'from-a-file\n',
      CERBERUS_SERVER_SECRET_KEY: '\uFEFFkey of a file\r\n',
      CERBERUS_SERVER_DB: ' x.duckdb ',
    };
    expect(resolveConfig({}, env)).to.include({
      token: 'from-a-file',
      secretKey: 'key of a file',
      db: 'x.duckdb',
    });
    expect(resolveConfig({ secretKey: 'key\n' }, env).secretKey).to.equal('key\n');
    expect(refusal({}, { CERBERUS_SERVER_SECRET_KEY: ' \n' })).to.match(/^`secretKey` /);
  });

  it('takes none around a number or a proxy either', () => {
    const env = {
      CERBERUS_SERVER_PORT: ' 18765\n',
      CERBERUS_SERVER_RETENTION_DAYS: '90\r\n',
      CERBERUS_SERVER_TRUST_PROXY: '1\n',
      CERBERUS_SERVER_OTLP_TRUST_PROXY: ' loopback, 10.0.0.0/8 ',
    };
    expect(resolveConfig({}, env)).to.deep.include({
      port: 18_765,
      retentionDays: 90,
      trustProxy: 1,
      otlpTrustProxy: ['loopback', '10.0.0.0/8'],
    });
  });

  it('takes no address of a service, which Kubernetes writes in the variable of the port, for a port', () => {
    const env = { CERBERUS_SERVER_PORT: 'tcp://10.96.0.7:8765' };
    expect(resolveConfig({}, env).port).to.equal(8765);
    expect(resolveConfig({ port: 1 }, env).port).to.equal(1);
    expect(() => resolveConfig({}, { CERBERUS_SERVER_PORT: 'http://10.96.0.7' })).to.throw('`port`');
    expect(() => resolveConfig({}, { CERBERUS_SERVER_THREADS: 'tcp://10.96.0.7:8765' })).to.throw(
      '`threads`',
    );
  });

  it('allows port 0', () => {
    expect(resolveConfig({ port: 0 }, { CERBERUS_SERVER_PORT: '99' }).port).to.equal(0);
  });

  for (const port of [-1, 65_536, 1.5, Number.NaN, Infinity, '80' as unknown as number]) {
    it(`refuses port ${String(port)} (${typeof port})`, () => {
      expect(refusal({ port })).to.equal('`port` (CERBERUS_SERVER_PORT) must be an integer from 0 to 65535');
    });
  }

  it('refuses timer values that would fire at once', () => {
    expect(refusal({ pingIntervalMillis: 2 ** 31 })).to.match(/from 1 to 2147483647$/);
    expect(refusal({ helloTimeoutMillis: 0 })).to.match(/from 1 to 2147483647$/);
  });

  it('refuses a limit of the database under which no event would be left, but takes none', () => {
    for (const maxDbBytes of [1, 10, 1024, 9_999_999])
      expect(refusal({ maxDbBytes })).to.match(/must be 0, or an integer from 10000000 to \d+$/);
    for (const maxDbBytes of [0, 10_000_000])
      expect(resolveConfig({ maxDbBytes }, {}).maxDbBytes).to.equal(maxDbBytes);
  });

  it('refuses a number that is none, from the environment', () => {
    expect(refusal({}, { CERBERUS_SERVER_THREADS: 'two' })).to.match(
      /^`threads` \(CERBERUS_SERVER_THREADS\) must be /,
    );
  });

  it('refuses what is no plain number, for every option that is one', () => {
    for (const [name, rule] of Object.entries(NUMBER_RULES)) {
      const { min, max } = rule;
      const zero = rule.orZero === true ? '0, or ' : '';
      for (const text of [
        '1e3',
        '0x10',
        '-1',
        '+5',
        '1.5',
        '1_000',
        '1,000',
        'NaN',
        'Infinity',
        '٣',
        String(max + 1),
      ])
        expect(refusal({}, { [variableOf(name)]: text }), `${name} ${text}`).to.equal(
          `\`${name}\` (${variableOf(name)}) must be ${zero}an integer from ${min} to ${max}`,
        );
    }
  });

  it('refuses empty texts', () => {
    for (const name of ['host', 'db', 'token', 'secretKey', 'memoryLimit']) {
      expect(refusal({ [name]: ' ' }), name).to.match(new RegExp(`^\`${name}\` `));
      expect(refusal({ [name]: 7 as unknown as string }), name).to.match(new RegExp(`^\`${name}\` `));
    }
  });

  it('refuses a token that does not fit a header, without repeating it', () => {
    for (const token of ['two words', 'line\nbreak', 'ümlaut', 'x'.repeat(513)]) {
      expect(refusal({ token })).to.include('`token`').and.not.include(token);
    }
  });

  it('refuses a memory limit that DuckDB would not read', () => {
    for (const memoryLimit of [
      '512',
      'lots',
      "1GB'; DROP TABLE events; --",
      '0MB',
      '1e3MB',
      '-1GB',
      '63MB',
      '60MiB',
      '9KB',
    ]) {
      expect(refusal({ memoryLimit })).to.include('`memoryLimit`');
    }
    for (const memoryLimit of ['2 GiB', '64MB', '62MiB', '70000KB', '1tb'])
      expect(resolveConfig({ memoryLimit }, {}).memoryLimit).to.equal(memoryLimit);
  });

  describe('a store that several servers share', () => {
    const secrets = { token: 't', secretKey: 'k' };
    const url = 'postgres://u:geheim@db1,db2/cerberus';

    it('is named by an option or a variable', () => {
      expect(resolveConfig({ store: url, ...secrets }, {}).store?.name).to.equal('db1,db2/cerberus');
      expect(resolveConfig(secrets, { CERBERUS_SERVER_STORE: url }).store?.urls).to.have.length(2);
      expect(resolveConfig(secrets, { CERBERUS_SERVER_STORE: '' }).store).to.equal(undefined);
    });

    it('is refused without secrets that all servers are given, and is not quoted then', () => {
      for (const given of [{}, { token: 't' }, { secretKey: 'k' }])
        expect(refusal({ store: url, ...given })).to.match(/^`store` \(CERBERUS_SERVER_STORE\) goes with/);
      expect(refusal({ store: 'geheim', ...secrets }))
        .to.include('must be a URL such as postgres://user@host1,host2/database')
        .and.not.include('geheim');
    });
  });
});

function leastOf(name: string): number {
  return NUMBER_RULES[name as keyof typeof NUMBER_RULES].min;
}
