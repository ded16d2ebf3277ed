// `--import @cerberus-otel/instrumentation/register` in a process in which somebody else traces too, in whichever order the two
// are loaded: each request is one event, complete, and what the other one sends is what it sends without Cerberus.
// Writes the table of docs/coexistence.md with CERBERUS_WRITE_DOCS=true, and otherwise compares with it.
import { expect } from 'chai';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { placePackages, REPOSITORY } from '../matrix/examples/stage.js';
import type { Sink } from '../support/sink.js';
import { keepTable } from '../support/written-table.js';
import { REGISTER, run, type Run } from './five-requests.js';
import {
  apps,
  CONFIGURED,
  NODE_SDK,
  type Other,
  OTHERS,
  otlpTo,
  sdk3,
  versionOf,
  type Way,
} from './others.js';

const SAID: Readonly<Record<Way, RegExp | undefined>> = {
  joined: /CERBERUS_OTHER_SDK.*counts through the OpenTelemetry SDK/,
  apart: /CERBERUS_OTHER_SDK.*counts requests by itself/,
  alone: undefined,
};

describe('register beside another tracing', function () {
  this.timeout(90_000);
  const rows: (readonly string[])[] = [];

  before(async () => {
    await placePackages(join(REPOSITORY, 'tests/sdk-3/run'));
    await cp(apps, sdk3, { recursive: true });
  });

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
