// The promise: nothing that the processor sets, reports or keeps where it can be printed holds an address.
import { inspect } from 'node:util';
import { diag, DiagLogLevel, type Attributes } from '@opentelemetry/api';
import { expect } from 'chai';
import { CerberusSpanProcessor, setConsumer, setUserId } from '../dist/esm/index.js';
import { listen, send, type TestServer } from './support/http-server.js';
import { RecordingExporter } from './support/recording-exporter.js';
import { startTracing, type Tracing } from './support/tracing.js';

const CANARY = '203.0.113.77';
const USER = 'canary-user';
const KEY = 'canary-key-canary-key-canary-key';

describe('an address', () => {
  let exporter: RecordingExporter;
  let processor: CerberusSpanProcessor;
  let tracing: Tracing;
  let server: TestServer;
  let lines: unknown[];

  beforeEach(async () => {
    lines = [];
    const log = (...line: unknown[]): void => void lines.push(line);
    diag.setLogger(
      { error: log, warn: log, info: log, debug: log, verbose: log },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    );
    exporter = new RecordingExporter();
    processor = new CerberusSpanProcessor({ exporter, secretKey: KEY, trustProxy: 1 }, { env: {} });
    tracing = startTracing({ processors: [processor] });
    server = await listen((_request, response) => {
      setUserId(USER);
      setConsumer(`consumer-${USER}`, { group: 'pro' });
      response.end();
    });
    for (const address of [
      CANARY,
      `::ffff:${CANARY}`,
      `[::ffff:${CANARY}]:80`,
      `${CANARY}, not-${CANARY}`,
      `<${CANARY}>`,
    ]) {
      await send(server.port, { headers: { 'x-forwarded-for': address, forwarded: `for=${CANARY}` } });
    }
    await exporter.request(4);
  });

  afterEach(async () => {
    diag.disable();
    await server.close();
    await tracing.stop();
  });

  it('is in no attribute of ours, and neither is a user or a key', () => {
    const ours = (request: Attributes): [string, unknown][] =>
      Object.entries(request).filter(([name]) => name.startsWith('cerberus.'));
    const text = JSON.stringify(exporter.requests.map((request) => ours(request)));
    expect(text).to.not.match(/203\.0\.113|cb00:714d|127\.0\.0\.1|canary/);
    expect(exporter.requests[0]?.['cerberus.source_ip']).to.match(/^[0-9a-f]{64}$/);
  });

  it('does not appear when the span, its record or the processor is printed', () => {
    const added = exporter.spans.map((span) =>
      Object.getOwnPropertySymbols(span).map((symbol) => span[symbol as never]),
    );
    const printed =
      inspect([added, processor], { depth: 20, showHidden: true, getters: false }) +
      JSON.stringify([added, processor]);
    expect(printed).to.not.match(/203\.0\.113|127\.0\.0\.1|canary/);
  });

  it('is in nothing that was logged', () => {
    expect(inspect(lines, { depth: 9 })).to.not.match(/203\.0\.113\.77|canary/);
  });
});
