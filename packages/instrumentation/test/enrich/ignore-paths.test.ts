import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ignorePathsOption, type PathFilter } from '../../dist/esm/enrich/ignore-paths.js';

const option = ignorePathsOption();
const filter = (value: unknown): PathFilter => option.parse(value, 'ignorePaths');

describe('ignorePaths', () => {
  it('ignores the usual probes by default, with a slash at their end or without', () => {
    const probes =
      '/health /healthz /ready /livez /readyz /startupz /health/live /health/ready /health/ /readyz/ /healthcheck ' +
      '/health_check /actuator/health/readiness /grpc.health.v1.Health/Check';
    expect(probes.split(' ').filter((path) => !option.fallback(path))).to.deep.equal([]);
  });

  it('ignores nothing by default that could be a resource of an API', () => {
    const paths =
      '/ /live /ping /status /up /metrics /healthy /health/x /health/live/x /api/health /patients/health /ready/1 ' +
      '/HEALTH /grpc.health.v1.Health //health';
    expect(['', ...paths.split(' ')].filter((path) => option.fallback(path))).to.deep.equal([]);
  });

  it('has each probe of its default in the documents', () => {
    const documents = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
    const [, listed = ''] = /### Health checks\n([\s\S]*?)\n#/.exec(documents) ?? [];
    const paths = [...listed.matchAll(/`(\/[^`\s]+)`/g)].map(([, path = '']) => path);
    const isIgnored = (path: string): boolean => option.fallback(path);
    expect(paths.filter(isIgnored)).to.have.length(25);
    expect(paths.filter((path) => !isIgnored(path))).to.deep.equal([
      '/live',
      '/ping',
      '/status',
      '/up',
      '/metrics',
    ]);
  });

  it('replaces the default by a list', () => {
    const ignored = filter(['/ping']);
    expect([ignored('/ping'), ignored('/health')]).to.deep.equal([true, false]);
    expect(filter([])('/health')).to.equal(false);
  });

  const wildcards: readonly [string, string, boolean][] = [
    ['/static/*', '/static/a/b.css', true],
    ['/static/*', '/static/', true],
    ['/static/*', '/static', false],
    ['*.map', '/a/b.map', true],
    ['*.map', '/a/b.mapx', false],
    ['/a/*/c', '/a/b/c', true],
    ['/a/*/c', '/a/c', false],
    ['/a*a', '/a', false],
    ['/*x*y*', '/1x2y3', true],
    ['/*x*y*', '/1y2x3', false],
    ['*', '', true],
    ['/a.c*', '/abc', false],
    ['/ab*ba', '/aba', false],
  ];
  for (const [pattern, path, matches] of wildcards) {
    it(`${pattern} ${matches ? 'matches' : 'does not match'} ${path}`, () => {
      expect(filter([pattern])(path)).to.equal(matches);
    });
  }

  it('takes linear time for many wildcards', () => {
    const ignored = filter([`${'*a'.repeat(30)}*b`]);
    expect(ignored('a'.repeat(16_000))).to.equal(false);
  });

  it('takes regular expressions, also with state of their own', () => {
    const ignored = filter([/^\/internal\//g, /x/y]);
    expect([ignored('/internal/1'), ignored('/internal/1'), ignored('/a/internal/')]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  it('takes functions, alone or in a list', () => {
    expect(filter((path: string) => path.length > 3)('/long')).to.equal(true);
    expect(filter([(path: string) => path === '/f', '/s'])('/s')).to.equal(true);
  });

  it('reads a list from the environment', () => {
    const ignored = filter(option.fromEnv('/ping, /static/*,', 'ignorePaths'));
    expect(['/ping', '/static/x', '/health'].map((path) => ignored(path))).to.deep.equal([true, true, false]);
  });

  for (const value of ['/health', 7, null, {}, [7]]) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      expect(() => filter(value))
        .to.throw('`ignorePaths` must be')
        .with.property('code', 'OPTION_INVALID');
    });
  }
});
