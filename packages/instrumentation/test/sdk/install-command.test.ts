// A command that npm refuses, or that installs what cannot work together, is worse than none.
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declaredPackages, isInstalled } from '../../dist/esm/sdk/installed.js';
import { installCommand } from '../../dist/esm/sdk/install-command.js';

const TESTS = fileURLToPath(new URL('../../../../tests', import.meta.url));
const onLine = (line: string): string[] => [join(TESTS, line, 'package.json')];
const KOA = '@opentelemetry/instrumentation-koa';

describe('what is installed, and the command for what is not', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cerberus-install-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('names the versions for SDK 2 where that is installed', () => {
    expect(installCommand([KOA, '@fastify/otel'], onLine('sdk-2'))).to.equal(
      `npm install ${KOA}@0.71 @fastify/otel`,
    );
  });

  it('takes the newest where SDK 3 is installed', () => {
    expect(installCommand([KOA, '@fastify/otel'], onLine('sdk-3'))).to.equal(
      `npm install ${KOA} @fastify/otel`,
    );
  });

  it('names versions that belong together where nothing is installed', () => {
    const packages = ['@opentelemetry/api', '@opentelemetry/sdk-node', '@opentelemetry/instrumentation-http'];
    expect(installCommand(packages, [join(folder, 'app.js')])).to.equal(
      'npm install @opentelemetry/api@1.9 @opentelemetry/sdk-node@0.223 @opentelemetry/instrumentation-http@0.223',
    );
  });
  it('is declared in the nearest package.json that has dependencies', () => {
    const declared = declaredPackages(onLine('sdk-2'));
    expect([...declared]).to.include.members(['fastify', 'koa']);
    expect(declared.has('left-pad')).to.equal(false);
  });

  it('is installed where it is found from there', () => {
    expect(isInstalled('@fastify/otel', onLine('sdk-2'))).to.equal(true);
    expect(isInstalled('@fastify/otel', [join(folder, 'app.js')])).to.equal(false);
  });
});
