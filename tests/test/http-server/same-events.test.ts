// With CerberusSpanProcessor and the exporter behind them, both HTTP instrumentations give the same events, and so do the same requests
// without an SDK.
import { expect } from 'chai';
import {
  BatchBackend,
  ScriptedServer,
} from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { cerberusEnvironment } from '../support/cerberus-environment.js';
import { runApplication, type Kind } from './comparison.js';
import { PARTS, sdksOf } from './parts.js';
import { WANTED } from './wanted-differences.js';

/** What differs from run to run. */
const OF_THE_RUN = ['trace_id', 'span_id', 'timestamp', 'latency_ms'];

/** Cases that are meant to give more events or fewer. */
const LEFT_OUT = WANTED.filter(({ lines }) => lines.some((line) => line.startsWith('spans: '))).flatMap(
  ({ cases }) => cases,
);

/** The newest line that runs here. */
const SDK = sdksOf(process.versions.node).at(-1) ?? 'sdk-2';

interface Seen {
  readonly metrics: readonly { readonly count: number }[];
}

interface Run {
  readonly events: readonly string[];
  /** How many requests were measured. */
  readonly requests: number;
}

async function run(kind: Kind, file: string, sdk = SDK, leftOut = LEFT_OUT): Promise<Run> {
  const backend = new BatchBackend();
  const server = await ScriptedServer.start(backend.script());
  try {
    const env = { ...cerberusEnvironment(server.url), LEFT_OUT: JSON.stringify(leftOut) };
    const { report } = await runApplication(kind, sdk, ['main.cjs', file], { env });
    // Without a parent they are measured, and that is all.
    const counted = Object.entries(report as Readonly<Record<string, Seen>>).filter(
      ([title]) => !title.startsWith('requireParent'),
    );
    const counts = counted.flatMap(([, { metrics }]) => metrics.map(({ count }) => count));
    const events = backend.stored.map((event) => JSON.stringify(comparable(event)));
    return { events, requests: counts.reduce((sum, count) => sum + count, 0) };
  } finally {
    await server.stop();
  }
}

/** The HttpInstrumentation of SDK 2 does not say that a status is the type of an error, so that an exception's class is. */
function comparable(event: Readonly<Record<string, unknown>>): object {
  const hasOtherType = SDK === 'sdk-2' && Number(event['status_code']) >= 500;
  const left = hasOtherType ? [...OF_THE_RUN, 'error_type'] : OF_THE_RUN;
  return Object.fromEntries(Object.entries(event).filter(([name]) => !left.includes(name)));
}

/** What is in `some` more often than in `others`. */
function beyond(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return some.filter((event) => {
    const place = left.indexOf(event);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
}

describe('events of HttpServerInstrumentation', function () {
  this.timeout(150_000);

  for (const { file, what } of PARTS) {
    it(`are those of HttpInstrumentation, one a request, for ${what}`, async () => {
      const ours = await run('ours', file);
      const standard = await run('standard', file);
      expect(beyond(ours.events, standard.events), 'of ours alone').to.deep.equal([]);
      expect(beyond(standard.events, ours.events), 'of HttpInstrumentation alone').to.deep.equal([]);
      expect(ours.events).to.have.length(ours.requests);
    });
  }
});

describe('events without an SDK', function () {
  this.timeout(150_000);

  for (const { file, what } of PARTS.filter((part) => part.file !== 'options')) {
    it(`are those of HttpServerInstrumentation for ${what}`, async () => {
      const alone = await run('alone', file, 'sdk-2', []);
      const ours = await run('ours', file, 'sdk-2', []);
      expect(beyond(alone.events, ours.events), 'without an SDK alone').to.deep.equal([]);
      expect(beyond(ours.events, alone.events), 'of HttpServerInstrumentation alone').to.deep.equal([]);
      expect(alone.events.length).to.be.at.least(30);
    });
  }
});
