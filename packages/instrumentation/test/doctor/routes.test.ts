// What the check-up says of the routes of frameworks that can be patched.
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRoutes } from '../../dist/esm/doctor/routes.js';
import type { SetUp } from '../../dist/esm/doctor/set-up.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

function places(...dependencies: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-routes-'));
  afterTest(() => rmSync(folder, { recursive: true }));
  const manifest = join(folder, 'package.json');
  const declared = Object.fromEntries(dependencies.map((name) => [name, '*']));
  writeFileSync(manifest, JSON.stringify({ dependencies: declared }));
  return [manifest];
}

describe('the check of routes', () => {
  it('finds those of Koa and Hapi named where the patch is asked for, and else says how to ask', () => {
    const from = places('@koa/router', '@hapi/hapi');
    const setUp = { processor: { patchRoutes: ['hapi'] } } as unknown as SetUp;
    const verdicts = [
      [...checkRoutes({}, from, 'nobody')],
      [...checkRoutes({ CERBERUS_PATCH_ROUTES: 'koa,hapi' }, from, 'nobody')],
      [...checkRoutes({ CERBERUS_PATCH_ROUTES: 'koa' }, from, 'nobody', setUp)],
    ].map((checks) => checks.map(({ what, verdict }) => [what, verdict]));
    const [koa, hapi] = ['routes of @koa/router', 'routes of @hapi/hapi'];
    expect(verdicts).to.deep.equal([
      [
        [koa, 'warning'],
        [hapi, 'warning'],
      ],
      [
        [koa, 'ok'],
        [hapi, 'ok'],
      ],
      [
        [koa, 'warning'],
        [hapi, 'ok'],
      ],
    ]);
    const [first] = checkRoutes({}, from, 'nobody');
    expect(first?.finding).to.include('CERBERUS_PATCH_ROUTES=koa');
  });

  it('knows that Strapi is Koa, although its package.json does not name it', () => {
    const from = places('@strapi/strapi');
    const [without, patched] = [{}, { CERBERUS_PATCH_ROUTES: 'koa' }].flatMap((env) => [
      ...checkRoutes(env, from, 'nobody'),
    ]);
    expect([without?.what, without?.verdict]).to.deep.equal(['routes of @strapi/strapi', 'warning']);
    expect(without?.finding).to.include('CERBERUS_PATCH_ROUTES=koa');
    expect([patched?.what, patched?.verdict]).to.deep.equal(['routes of @strapi/strapi', 'ok']);
  });

  it('says that requests of servers which are not of Node.js give no events', () => {
    const checks = [...checkRoutes({}, places('uWebSockets.js', 'hyper-express', 'ws'), 'nobody')];
    expect(checks.map(({ what, verdict }) => [what, verdict])).to.deep.equal([
      ['events of uWebSockets.js', 'warning'],
      ['events of hyper-express', 'warning'],
    ]);
    expect(checks[0]?.finding).to.include('start a SERVER span');
  });
});
