import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { runChild, type ChildResult } from '../support/child.js';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { giveKey, startKeyServer, type KeyServer } from '../support/key-server.js';

const KEY = 'k'.repeat(32);
const HASH = pseudonym(secretKeyOf(KEY), '127.0.0.1');

describe('withCerberus', () => {
  let backend: EventBackend;

  before(async () => {
    backend = await startEventBackend();
  });

  after(() => backend.close());

  beforeEach(() => {
    backend.events.length = 0;
    backend.text.length = 0;
  });

  /** NodeSDK with the seed's keys; `env` changes it. */
  function run(
    env: Record<string, string> = {},
    options: Record<string, unknown> = {},
  ): Promise<ChildResult> {
    const seed = {
      wsUrl: backend.wsUrl,
      token: 'canary-token',
      clientId: 'my-app',
      secretKey: KEY,
      protocol: 'event',
    };
    return runChild('node-sdk.js', {
      OTEL_TRACES_EXPORTER: 'none',
      OPTIONS: JSON.stringify({ ...seed, ...options }),
      ...env,
    });
  }

  function expectEvent(): void {
    expect(backend.events).to.have.length(1);
    expect(backend.events[0]).to.deep.include({
      api_key: 'canary-token',
      client_id: 'my-app',
      token: 'canary-token',
      source_ip: HASH,
      endpoint: '/served',
      scheme: false,
      method: 'GET',
      custom_data: { answered: true },
      outcome: 'completed',
    });
    expect(backend.text.join('')).to.not.match(/127\.0\.0\.1|token=|served\?/);
  }

  it('names the application as OpenTelemetry does, and says which version and instance it is', async () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2',
      RESOURCE: '{"service.name":"from the resource"}',
    };
    await run(env, { clientId: undefined });
    expect(backend.events[0]).to.include({ client_id: 'from the resource', service_version: '1.2' });
  });

  it('turns a request into an event at the backend', async () => {
    const { report, code } = await run();
    expect(report).to.deep.include({ answer: 'HTTP/1.1 200 OK', taken: true, warnings: [] });
    expect(report['processors']).to.deep.equal(['CerberusSpanProcessor']);
    expect(code).to.equal(0);
    expectEvent();
  });

  it('hashes the address when the event is written, where nobody else sees the span', async () => {
    const { report } = await run();
    expect(report).to.deep.include({ identified: [], isWrittenLater: true });
    expectEvent();
  });

  it('fetches the key from the backend', async () => {
    let keyServer: KeyServer | undefined;
    try {
      keyServer = await startKeyServer((response) => giveKey(response, KEY));
      const { report } = await run({}, { secretKey: undefined, backendUrl: keyServer.url });
      expect(report['warnings']).to.deep.equal([]);
      expectEvent();
      expect(keyServer.asked).to.deep.equal([
        { path: '/api/secret-key', authorization: 'Bearer canary-token', traceparent: '' },
      ]);
    } finally {
      await keyServer?.close();
    }
  });

  it('keeps no process alive that has nothing else to do', async () => {
    const keyServer = await startKeyServer((response) => giveKey(response, KEY));
    const { code } = await run({ SHUTDOWN: 'no' }, { secretKey: undefined, backendUrl: keyServer.url });
    await keyServer.close();
    expect(code).to.equal(0);
  });

  it('takes everything from the environment', async () => {
    const { report } = await run({
      OPTIONS: '{}',
      CERBERUS_WS_URL: backend.wsUrl,
      CERBERUS_TOKEN: 'canary-token',
      CERBERUS_CLIENT_ID: 'my-app',
      CERBERUS_SECRET_KEY: KEY,
      CERBERUS_PROTOCOL: 'event',
    });
    expect(report['warnings']).to.deep.equal([]);
    expectEvent();
  });

  describe('leaves working what NodeSDK would drop', () => {
    it('the `traceExporter`', async () => {
      const { report } = await run({ MODE: 'traceExporter' });
      expect(report['exported']).to.deep.equal(['GET']);
      expectEvent();
    });

    for (const mode of ['spanProcessors', 'batch', 'afterwards']) {
      it(`what others see of a span when it ends (${mode})`, async () => {
        const { report } = await run({ MODE: mode });
        expect(report).to.deep.include({ identified: [true], isWrittenLater: false });
        expectEvent();
      });
    }

    for (const mode of ['spanProcessors', 'spanProcessor', 'batch']) {
      it(`the user's processors (${mode})`, async () => {
        const { report } = await run({ MODE: mode });
        expect(report['processed']).to.deep.equal(['GET']);
        expectEvent();
      });
    }

    it('the sampler: other processors see nothing more, everything is counted', async () => {
      const { report } = await run({ MODE: 'sampler' });
      expect(report).to.deep.include({ sampler: 'CerberusSampler{mine}', processed: [] });
      expectEvent();
    });

    it('OTEL_TRACES_EXPORTER=console', async () => {
      const { stdout } = await run({ OTEL_TRACES_EXPORTER: 'console' });
      expect(stdout).to.include('traceState').and.include("name: 'GET'");
      expectEvent();
    });

    const samplers: readonly [Record<string, string>, string, string[] | undefined][] = [
      [{}, 'ParentBased{root=AlwaysOnSampler', ['GET']],
      [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'AlwaysOffSampler', []],
      [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 'TraceIdRatioBased{0}', []],
      [
        { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
        'ParentBased{root=TraceIdRatioBased{0.25}',
        undefined,
      ],
    ];
    for (const [env, name, processed] of samplers) {
      it(`OTEL_TRACES_SAMPLER=${env['OTEL_TRACES_SAMPLER'] ?? ''}`, async () => {
        const { report } = await run({ MODE: 'spanProcessors', ...env });
        expect(report['sampler']).to.include(`CerberusSampler{${name}`);
        if (processed !== undefined) expect(report['processed']).to.deep.equal(processed);
        expectEvent();
      });
    }

    describe('OTEL_TRACES_EXPORTER=otlp', () => {
      let collector: Server;
      let paths: string[];

      before(async () => {
        paths = [];
        collector = createServer((request, response) => {
          paths.push(`${request.url} ${request.headers['content-type']}`);
          request.resume().on('end', () => response.end());
        });
        await new Promise<void>((resolve) => {
          collector.listen(0, '127.0.0.1', resolve);
        });
      });

      after(() => {
        collector.close();
      });

      it('is the default, and its protocol is honoured', async () => {
        const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
        const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_EXPORTER: '' };
        await run(otlp);
        await run({ ...otlp, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
        expect(paths).to.deep.equal(['/v1/traces application/x-protobuf', '/v1/traces application/json']);
      });
    });
  });

  describe('stays off', () => {
    const off: readonly [string, Record<string, string>, Record<string, unknown>, RegExp | undefined][] = [
      ['with CERBERUS_DISABLED=true', { CERBERUS_DISABLED: 'true' }, {}, undefined],
      ['with CERBERUS_DISABLED=1 even with nonsense', { CERBERUS_DISABLED: '1' }, { wsUrl: 'x' }, undefined],
      ['without a token', {}, { token: undefined }, /CERBERUS_CONFIG_INVALID: .*`token` is required/],
      [
        'with a wrong URL',
        {},
        { wsUrl: 'http://canary.example/' },
        /CERBERUS_CONFIG_INVALID: .*`wsUrl` must be/,
      ],
      [
        'with an option of nearly the right name',
        {},
        { wsURL: 'x', wsUrl: undefined },
        /unknown option "wsURL"; did you mean wsUrl\?/,
      ],
      [
        "with an exporter of one's own",
        {},
        { exporter: {} },
        /`exporter` is an option of CerberusSpanProcessor/,
      ],
      ['with a wrong option of the processor', {}, { trustProxy: true }, /`trustProxy` must be/],
      ['with a wrong option of the sampler', {}, { record: 'all' }, /`record` must be one of/],
      ['with a switch that is neither on nor off', { CERBERUS_DISABLED: 'maybe' }, {}, /`disabled` must be/],
    ];
    for (const [how, env, options, warning] of off) {
      it(`${how}, and the rest runs as configured`, async () => {
        const { report, code } = await run({ MODE: 'traceExporter', ...env }, options);
        expect(report).to.deep.include({
          answer: 'HTTP/1.1 200 OK',
          unchanged: true,
          taken: false,
          exported: ['GET'],
        });
        const warnings = report['warnings'] as string[];
        expect(warnings).to.have.length(warning === undefined ? 0 : 1);
        if (warning !== undefined) expect(warnings[0]).to.match(warning).and.not.include('canary');
        expect([code, backend.events.length]).to.deep.equal([0, 0]);
      });
    }

    for (const [how, env, options] of [
      ['strict in code', {}, { strict: true, wsUrl: 'http://canary.example/' }],
      ['CERBERUS_STRICT', { CERBERUS_STRICT: 'true' }, { trustProxy: true }],
    ] as const) {
      it(`throws the typed error with ${how}`, async () => {
        const failed = await run(env, options).then(
          () => expect.fail('it ran'),
          (error: unknown) => String(error),
        );
        expect(failed)
          .to.match(/CerberusConfigError: `(wsUrl|trustProxy)` must be/)
          .and.not.include('canary');
      });
    }

    it('does not throw with `strict: false`, whatever the variable says', async () => {
      const { report } = await run({ CERBERUS_STRICT: 'true' }, { strict: false, trustProxy: true });
      expect(report).to.deep.include({ answer: 'HTTP/1.1 200 OK', unchanged: true });
    });

    it('with OTEL_SDK_DISABLED=true, silently', async () => {
      const { report } = await run({ OTEL_SDK_DISABLED: 'true' });
      expect(report).to.deep.include({
        answer: 'HTTP/1.1 200 OK',
        unchanged: true,
        taken: false,
        warnings: [],
      });
      expect(backend.events).to.deep.equal([]);
    });
  });
});
