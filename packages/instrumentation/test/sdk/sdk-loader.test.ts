import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ownLocation } from '../../dist/esm/sdk/own-location.js';
import { runChild } from '../support/child.js';

const here = fileURLToPath(import.meta.url);

/** An application folder with these packages, each a CommonJS module of the given text. */
function applicationWith(packages: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-app-'));
  for (const [name, text] of Object.entries(packages)) {
    const target = join(folder, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
    writeFileSync(join(target, 'index.js'), text);
  }
  return join(folder, 'main.js');
}

async function found(...places: string[]): Promise<Record<string, unknown>> {
  return (await runChild('load-sdk.js', {}, { args: places })).report;
}

const NOWHERE = applicationWith({});
const OLDER = '@opentelemetry/sdk-trace-base';
const NEWER = '@opentelemetry/sdk-trace';
const BATCH = 'exports.BatchSpanProcessor = class { constructor(...args) { this.args = args; } };';

describe('loadSdk', () => {
  it('finds the SDK behind `sdk-node`, which the application itself may not reach', async () => {
    expect(await found(here)).to.deep.equal({ found: true, batchSize: 7, sampler: 'TraceIdRatioBased{0.5}' });
  });

  it('looks in one place after the other, and takes no place for an error', async () => {
    expect(await found(NOWHERE, 'not a path', here)).to.include({ found: true });
    expect(await found(NOWHERE, 'not a path')).to.deep.equal({ found: false });
  });

  it('speaks to the newer processors with one object, to the older ones with two arguments', async () => {
    const one = [['exporter', 'maxQueueSize', 'maxExportBatchSize']];
    const two = [
      ['export', 'shutdown'],
      ['maxQueueSize', 'maxExportBatchSize'],
    ];
    expect((await found(applicationWith({ [NEWER]: BATCH })))['batchArguments']).to.deep.equal(one);
    expect((await found(applicationWith({ [OLDER]: BATCH })))['batchArguments']).to.deep.equal(two);
    expect(
      (await found(applicationWith({ [OLDER]: BATCH, [NEWER]: BATCH })))['batchArguments'],
    ).to.deep.equal(one);
  });

  it('fails by name for a part that the SDK does not have', async () => {
    const { sampler } = await found(applicationWith({ [NEWER]: BATCH }));
    expect(sampler).to.equal('the SDK has no TraceIdRatioBasedSampler');
  });
});

describe('ownLocation', () => {
  it('is the file of this package, in both module systems', () => {
    const require = createRequire(import.meta.url);
    const cjs = require('../../dist/cjs/sdk/own-location.js') as { ownLocation: typeof ownLocation };
    const dist = join(dirname(dirname(dirname(here))), 'dist');
    expect(fileURLToPath(ownLocation() ?? '')).to.equal(join(dist, 'esm', 'sdk', 'own-location.js'));
    expect(cjs.ownLocation()).to.equal(join(dist, 'cjs', 'sdk', 'own-location.js'));
  });

  for (const [where, flag] of [
    ['nobody may say how stacks are formatted', '--frozen-intrinsics'],
    ['errors have no stack', '--stack-trace-limit=0'],
  ] as const) {
    it(`is known where ${where}`, async () => {
      const { report } = await runChild('own-location.js', {}, { node: [flag] });
      const dist = join(dirname(dirname(dirname(here))), 'dist');
      expect(fileURLToPath(String(report['own']))).to.equal(join(dist, 'esm', 'sdk', 'own-location.js'));
    });
  }

  it('leaves the formatting of stacks as it was', () => {
    const now = (): unknown[] => [Reflect.get(Error, 'prepareStackTrace'), Error.stackTraceLimit];
    const before = now();
    ownLocation();
    expect(now()).to.deep.equal(before);
  });
});
