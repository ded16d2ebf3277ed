import { expect } from 'chai';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wantsSdk } from '../../dist/esm/register/choice.js';
import { declaredPackages } from '../../dist/esm/sdk/installed.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** Below the packages that are installed here: SDK, HTTP's and Express' instrumentation. */
const HERE = fileURLToPath(new URL('../', import.meta.url));

/** Below all instrumentations. */
const SDK_2 = fileURLToPath(new URL('../../../../tests/sdk-2/', import.meta.url));

/** An application that depends on these, in a folder in which the SDK is installed, or in one in which nothing is. */
function application(dependencies: readonly string[], folder = HERE): string[] {
  const own = mkdtempSync(join(folder, 'choice-'));
  afterTest(() => rmSync(own, { recursive: true }));
  const manifest = join(own, 'package.json');
  writeFileSync(
    manifest,
    JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])) }),
  );
  return [manifest];
}

/** A file of this package, as it is when it is installed: beside what it was made with. */
function installedCopy(folder: string): string {
  const copy = join(folder, 'lib', 'node_modules', '@cerberus-otel', 'instrumentation');
  mkdirSync(join(copy, 'dist'), { recursive: true });
  cpSync(fileURLToPath(new URL('../../package.json', import.meta.url)), join(copy, 'package.json'));
  return join(copy, 'dist', 'register.js');
}

describe('register', () => {
  for (const [variable, value] of [
    ['CERBERUS_CAPTURE', 'otel'],
    ['CERBERUS_CAPTURE', ' OTel '],
    ['OTEL_TRACES_EXPORTER', 'otlp'],
    ['OTEL_METRICS_EXPORTER', 'prometheus'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318'],
    ['OTEL_CONFIG_FILE', 'otel.yaml'],
    ['OTEL_TRACES_SAMPLER', 'always_off'],
    ['OTEL_PROPAGATORS', 'b3'],
    ['OTEL_NODE_DISABLED_INSTRUMENTATIONS', 'fs'],
    ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '10'],
  ] as const) {
    it(`sets up an SDK where somebody asks for its spans: ${variable}=${value}`, () => {
      expect(wantsSdk({ [variable]: value }, application([]))).to.equal(true);
    });
  }

  for (const env of [
    {},
    { CERBERUS_CAPTURE: '' },
    { CERBERUS_CAPTURE: 'auto' },
    { CERBERUS_CAPTURE: 'light', OTEL_TRACES_EXPORTER: 'otlp' },
    { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
    { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'a=b' },
    { OTEL_TRACES_SAMPLER: ' ' },
  ]) {
    it(`does without one where nobody does: ${JSON.stringify(env)}`, () => {
      expect(wantsSdk(env, application(['express', 'fastify']))).to.equal(false);
    });
  }

  it('sets one up for routes that only an instrumentation can tell, if it is installed', () => {
    expect(wantsSdk({}, application(['hono']))).to.equal(true);
    expect(wantsSdk({}, application(['connect'])), 'its instrumentation is not installed').to.equal(false);
    expect(wantsSdk({ CERBERUS_CAPTURE: 'light' }, application(['hono']))).to.equal(false);
    expect(wantsSdk({}, application(['hono'], '/tmp')), 'no SDK is installed').to.equal(false);
  });

  it('goes by what is installed where no package.json is there, as in an image', () => {
    const image = mkdtempSync(join(tmpdir(), 'choice-'));
    afterTest(() => rmSync(image, { recursive: true }));
    symlinkSync(join(SDK_2, 'node_modules'), join(image, 'node_modules'));
    expect(wantsSdk({}, [join(image, 'app.mjs'), installedCopy(image)])).to.equal(true);
  });

  it('goes by the package.json of the application where a tool of another package starts it', () => {
    const [manifest = ''] = application(['hono']);
    const tool = installedCopy(dirname(manifest));
    expect([...declaredPackages([tool, manifest])]).to.deep.equal(['hono']);
    expect([...declaredPackages([tool])], 'the nearest outside').to.deep.equal(['hono']);
  });

  it('does without one for routes of a framework that it is asked to patch', () => {
    const places = application(['@koa/router', '@hapi/hapi', 'express'], SDK_2);
    const asked = (CERBERUS_PATCH_ROUTES: string): boolean => wantsSdk({ CERBERUS_PATCH_ROUTES }, places);
    expect(wantsSdk({}, places), 'their instrumentations are installed').to.equal(true);
    expect([asked('koa'), asked('Koa, HAPI'), asked('koa,hapi,')]).to.deep.equal([true, false, false]);
  });
});
