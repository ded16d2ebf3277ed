// `--import @cerberus-otel/instrumentation/register` in a process in which somebody else traces too, in whichever order the two
// are loaded: each request is one event, complete, and what the other one sends is what it sends without Cerberus.
// Writes the table of docs/coexistence.md with CERBERUS_WRITE_DOCS=true, and otherwise compares with it.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScriptedServer } from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { placePackages, REPOSITORY } from '../matrix/examples/stage.js';
import { afterTest } from '../support/disposal.js';
import { JsonLines } from '../support/lines.js';
import { Sink } from '../support/sink.js';
import { until } from '../support/until.js';
import { keepTable } from '../support/written-table.js';

const apps = fileURLToPath(new URL('../../apps/beside/', import.meta.url));
/** Below the dependencies of SDK 3, with copies of our packages. */
const sdk3 = join(REPOSITORY, 'tests/sdk-3/run/beside/');
const REGISTER = '@cerberus-otel/instrumentation/register';
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;

/** What the others sent, in a form in which two runs can be compared. */
type Fingerprint = (sink: Sink, lines: readonly Record<string, unknown>[]) => readonly string[];

interface Other {
  readonly name: string;
  /** Whose version is named in the document. */
  readonly packageName: string;
  /** Where it runs, with its dependencies. */
  readonly folder?: string;
  readonly preload: string;
  /** `app.cjs` where the other one does not instrument ES modules by itself; the hook of `register` would help it to more. */
  readonly app?: string;
  readonly env?: (sink: Sink) => Record<string, string>;
  readonly sent: Fingerprint;
  /** As it is set up here, it has nothing to send. */
  readonly sendsNothing?: boolean;
  /** How requests are to be counted when the other one is loaded first, and second. */
  readonly ways: readonly [before: Way, after: Way];
}

/** `alone`: nothing is said, because the two do not meet. */
type Way = 'joined' | 'apart' | 'alone';

const SAID: Readonly<Record<Way, RegExp | undefined>> = {
  joined: /CERBERUS_OTHER_SDK.*counts through the OpenTelemetry SDK/,
  apart: /CERBERUS_OTHER_SDK.*counts requests by itself/,
  alone: undefined,
};

interface OtlpSpan {
  readonly kind: number;
  readonly name: string;
  readonly attributes: readonly { readonly key: string }[];
  readonly status?: { readonly code?: number };
}

interface OtlpBody {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

/** Spans that went out by OTLP, with the names of all their attributes. */
const otlp: Fingerprint = (sink) =>
  sink.bodies
    .filter((body) => body.startsWith('{"resourceSpans"'))
    .flatMap((body) => (JSON.parse(body) as OtlpBody).resourceSpans ?? [])
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ scope, spans }) =>
      spans.map(({ kind, name, attributes, status }) =>
        [scope.name, kind, name, status?.code, ...attributes.map(({ key }) => key).toSorted()].join(' '),
      ),
    )
    .toSorted();

/** How often each of the texts that an expression finds is in what was sent. */
const found =
  (expression: RegExp): Fingerprint =>
  ({ text }) =>
    [...text.matchAll(expression)].map(([match]) => match).toSorted();

const otlpTo = (sink: Sink): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_BSP_SCHEDULE_DELAY: '50',
});

/** Texts are in it as they are. */
const protobufTo = (sink: Sink): Record<string, string> => ({
  ...otlpTo(sink),
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
});

const sentryTo = (sink: Sink): Record<string, string> => ({
  SENTRY_DSN: `http://public@127.0.0.1:${sink.port}/1`,
});

const transactions = found(/"type":"transaction"|"transaction":"[^"]*"|"op":"[^"]*"/g);

/** What a recorder in it was given. */
const recorded: Fingerprint = (_sink, lines) =>
  lines
    .flatMap((line) => (line['spans'] ?? []) as object[])
    .map((span) => JSON.stringify(span))
    .toSorted();

const NODE_SDK: Other = {
  name: 'a NodeSDK of the application',
  packageName: '@opentelemetry/sdk-node',
  preload: './node-sdk.mjs',
  sent: recorded,
  ways: ['joined', 'joined'],
};

const SPLUNK: Other = {
  name: 'Splunk',
  packageName: '@splunk/otel',
  preload: '@splunk/otel/instrument.js',
  app: 'app.cjs',
  env: protobufTo,
  sent: found(/(?:GET|POST) \/[\w/:]+|http\.[a-z_.]+/g),
  ways: ['joined', 'joined'],
};

const OTHERS: readonly Other[] = [
  NODE_SDK,
  { ...NODE_SDK, name: 'the same, of SDK 3', folder: sdk3 },
  {
    name: '`auto-instrumentations-node/register`',
    packageName: '@opentelemetry/auto-instrumentations-node',
    preload: '@opentelemetry/auto-instrumentations-node/register',
    app: 'app.cjs',
    env: otlpTo,
    sent: otlp,
    ways: ['joined', 'joined'],
  },
  {
    name: 'Elastic (EDOT)',
    packageName: '@elastic/opentelemetry-node',
    preload: '@elastic/opentelemetry-node',
    env: otlpTo,
    sent: otlp,
    ways: ['joined', 'joined'],
  },
  {
    name: 'Azure Monitor',
    packageName: '@azure/monitor-opentelemetry',
    preload: './azure.mjs',
    env: (sink) => ({
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:${sink.port}`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      // Its own lets five traces a second through.
      OTEL_TRACES_SAMPLER: 'always_on',
    }),
    sent: recorded,
    ways: ['joined', 'joined'],
  },
  SPLUNK,
  {
    ...SPLUNK,
    name: 'Splunk, its HTTP instrumentation by channels',
    env: (sink) => ({
      ...protobufTo(sink),
      OTEL_INSTRUMENTATION_HTTP_ENABLED: 'false',
      OTEL_INSTRUMENTATION_HTTPDC_ENABLED: 'true',
    }),
  },
  {
    name: 'Sentry 10',
    packageName: 'sentry-node-10',
    preload: './sentry.mjs',
    env: sentryTo,
    sent: transactions,
    ways: ['apart', 'apart'],
  },
  {
    name: 'Sentry 10, `tracesSampleRate: 0`',
    packageName: 'sentry-node-10',
    preload: './sentry.mjs',
    env: (sink) => ({ ...sentryTo(sink), TRACES_SAMPLE_RATE: '0' }),
    sent: transactions,
    sendsNothing: true,
    ways: ['apart', 'apart'],
  },
  {
    name: 'Datadog (dd-trace)',
    packageName: 'dd-trace',
    preload: './datadog.mjs',
    env: (sink) => ({
      DD_TRACE_AGENT_URL: `http://127.0.0.1:${sink.port}`,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    }),
    sent: found(/(?:GET|POST) \/[\w/:]+/g),
    ways: ['alone', 'alone'],
  },
];

interface Run {
  readonly events: readonly Record<string, unknown>[];
  readonly sent: readonly string[];
  readonly stderr: string;
}

function versionOf({ packageName: name, folder: place = apps }: Other): string {
  const from = createRequire(join(place, 'app.mjs'));
  const [folder] = (from.resolve.paths(name) ?? []).flatMap((path) => {
    try {
      return [createRequire(join(path, name, 'package.json'))('./package.json') as { version: string }];
    } catch {
      return [];
    }
  });
  return folder?.version ?? 'unknown';
}

/** `startNodeSDK` takes its processors from the file, and none from code. */
const CONFIGURED: Other = {
  name: '`startNodeSdk(withCerberus(…))` with `OTEL_CONFIG_FILE`',
  packageName: '@opentelemetry/sdk-node',
  preload: './configured.mjs',
  env: (sink) => ({ OTEL_CONFIG_FILE: './otel.yaml', SINK: `http://127.0.0.1:${sink.port}` }),
  sent: otlp,
  ways: ['alone', 'alone'],
};

describe('register beside another tracing', function () {
  this.timeout(90_000);
  const rows: (readonly string[])[] = [];

  before(async () => {
    await placePackages(join(REPOSITORY, 'tests/sdk-3/run'));
    await cp(apps, sdk3, { recursive: true });
  });

  /** Serves five requests in a process with these preloads, until everybody has sent what they have. */
  async function run(other: Other, preloads: readonly string[], withOurs = false): Promise<Run> {
    const backend = await ScriptedServer.start();
    const sink = new Sink();
    await sink.start();
    afterTest(() => sink.stop());
    const isOurs = preloads.includes(REGISTER) || withOurs;
    const child = spawn(
      process.execPath,
      [...preloads.flatMap((each) => ['--import', each]), other.app ?? 'app.mjs'],
      {
        cwd: other.folder ?? apps,
        env: {
          PATH: process.env['PATH'],
          ...(isOurs && {
            CERBERUS_WS_URL: backend.url,
            CERBERUS_TOKEN: 't',
            CERBERUS_CLIENT_ID: 'c',
            CERBERUS_SECRET_KEY: 'k'.repeat(32),
            CERBERUS_PROTOCOL: 'event',
            CERBERUS_FLUSH_INTERVAL_MILLIS: '20',
            CERBERUS_TRUST_PROXY: '1',
          }),
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
          OTEL_NODE_RESOURCE_DETECTORS: 'none',
          ...other.env?.(sink),
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    afterTest(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
    const lines = new JsonLines(child);
    const portOf = (): unknown => lines.all.find((line) => 'port' in line)?.['port'];
    await until('the application listens', () => portOf() !== undefined, 30_000).catch((error: unknown) => {
      throw new Error(`the application did not start: ${stderr}`, { cause: error });
    });
    const port = portOf();
    const origin = `http://127.0.0.1:${String(port)}`;
    const client = { 'x-forwarded-for': '203.0.113.9' };
    await Promise.all([0, 1, 2].map((id) => fetch(`${origin}/users/${id}?q=canary`, { headers: client })));
    await fetch(`${origin}/api/v1/orders`, { method: 'POST', headers: client });
    await fetch(`${origin}/users/0`, { headers: { ...client, traceparent: UNSAMPLED } });
    if (isOurs) await until('every request is an event', () => backend.events.length >= 5);
    child.send('finish');
    await ended;
    return { events: backend.events, sent: other.sent(sink, lines.all), stderr };
  }

  for (const other of OTHERS) {
    let alone: Run | undefined;

    for (const [index, order] of ['before', 'after'].entries()) {
      it(`${other.name}, loaded ${order} it`, async () => {
        alone ??= await run(other, [other.preload]);
        const preloads = order === 'before' ? [other.preload, REGISTER] : [REGISTER, other.preload];
        check(other, order, other.ways[index] ?? 'alone', alone, await run(other, preloads));
      });
    }
  }

  it('withCerberus in an SDK that takes everything from a configuration file', async () => {
    const alone = await run(CONFIGURED, [CONFIGURED.preload]);
    check(CONFIGURED, 'in code', 'alone', alone, await run(CONFIGURED, [CONFIGURED.preload], true));
  });

  it('register starts what a configuration file says', async () => {
    const alone = await run(CONFIGURED, [CONFIGURED.preload]);
    const registered = { ...CONFIGURED, name: '`OTEL_CONFIG_FILE` alone' };
    // With all instrumentations that are installed, not the two above.
    const http = ({ sent, ...rest }: Run): Run => ({
      ...rest,
      sent: sent.filter((span) => span.includes('instrumentation-http')),
    });
    check(registered, 'itself', 'alone', http(alone), http(await run(CONFIGURED, [REGISTER])));
  });

  it('is said where a second SDK comes too late for the place that register was asked to take', async () => {
    const env = (sink: Sink): Record<string, string> => otlpTo(sink);
    const { events, stderr, sent } = await run({ ...NODE_SDK, app: 'late.mjs', env }, [REGISTER]);
    expect(events).to.have.lengthOf(5);
    expect(sent).to.deep.equal([]);
    expect(stderr).to.match(
      /CERBERUS_OTHER_SDK.*another HttpInstrumentation was set up after that of `register`/,
    );
  });

  function check(other: Other, order: string, way: Way, alone: Run, { events, sent, stderr }: Run): void {
    const told = events.map((event) => [event['method'], event['route'], event['status_code']].join(' '));
    expect(told.toSorted(), stderr).to.deep.equal([
      ...Array.from({ length: 4 }, () => 'GET /users/:id 200'),
      'POST /api/:version/orders 503',
    ]);
    const helpers = events.map(({ custom_data: data }) => (data as { helper?: number }).helper);
    expect(helpers.toSorted()).to.deep.equal([0, 0, 1, 2, undefined]);
    expect(new Set(events.map((event) => event['source_ip'])).size).to.equal(1);
    expect(JSON.stringify(events)).to.not.include('canary').and.not.include('203.0.113.9');
    if (other.sendsNothing !== true) expect(alone.sent, 'what it sends by itself').to.not.be.empty;
    expect(sent).to.deep.equal(alone.sent);
    const isSaid = SAID[way];
    if (isSaid === undefined) expect(stderr).to.not.match(/CERBERUS_/);
    else expect(stderr).to.match(isSaid);
    const onSpans = events.filter(({ custom_data: data }) => 'on_span' in (data as object)).length;
    rows.push(row(other, order, way, onSpans));
  }

  after(() =>
    keepTable(
      'coexistence/beside.test.ts',
      [
        'beside',
        'version',
        'loaded',
        'one event each',
        'routes',
        '`setMetric`',
        'metrics on spans',
        'its own spans',
        'said',
      ],
      rows,
      2 * OTHERS.length + 2,
    ),
  );
});

const SHOWN: Readonly<Record<Way, string>> = {
  joined: 'counts through that SDK',
  apart: 'counts by itself',
  alone: 'nothing',
};

/** @param onSpans how many of the four requests that set a metric on the active span have it */
function row(other: Other, order: string, way: Way, onSpans: number): readonly string[] {
  const spans = ['no', 'of sampled requests', 'yes'][onSpans === 0 ? 0 : onSpans < 4 ? 1 : 2] ?? '';
  return [other.name, versionOf(other), order, 'yes', 'yes', 'yes', spans, 'unchanged', SHOWN[way]];
}
