import { expect } from 'chai';

import type { CerberusEvent } from '../../dist/event/event.js';
import { NO_ROUTE, OTHER_PATHS } from '../../dist/event/path-group.js';
import { PathGroups, type PathGroupLimits } from '../../dist/receive/path-groups.js';
import { storeEvent } from '../support/events/events.js';

function named(groups: PathGroups, events: readonly Partial<CerberusEvent>[]): (string | null)[] {
  const given = events.map((event) => storeEvent({ route: null, ...event }));
  groups.name(given);
  return given.map(({ pathGroup }) => pathGroup);
}

const paths = (...all: readonly string[]): Partial<CerberusEvent>[] => all.map((endpoint) => ({ endpoint }));

describe('the names of requests without a route', () => {
  const grouped = (limits: PathGroupLimits, ...all: readonly string[]): (string | null)[] =>
    named(new PathGroups(limits), paths(...all));

  it('are inferred where an application names no route, and marked where they are not the path itself', () => {
    expect(grouped({}, '/users/1', '/users/2', '/health')).to.deep.equal([
      '~/users/:id',
      '~/users/:id',
      '/health',
    ]);
  });

  it('are one name from the first route of an application on, and before it of those that arrive with it', () => {
    const groups = new PathGroups();
    const routed = { endpoint: '/users/1', route: '/users/:id' };
    expect(named(groups, [{ endpoint: '/.env' }, routed])).to.deep.equal([NO_ROUTE, null]);
    expect(named(groups, paths('/wp-admin'))).to.deep.equal([NO_ROUTE]);
    expect(named(groups, [{ endpoint: '/wp-admin', clientId: 'another' }])).to.deep.equal(['/wp-admin']);
  });

  it('are never inferred from what was not found', () => {
    expect(named(new PathGroups(), [{ endpoint: '/users/1', statusCode: 404 }])).to.deep.equal([NO_ROUTE]);
  });

  it('are one name where no path was sent', () => {
    expect(grouped({}, '', '/a')).to.deep.equal([NO_ROUTE, '/a']);
  });

  it('are as many as an application may have, and one more for all others', () => {
    const limits = { templatesPerApplication: 2 };
    expect(grouped(limits, '/a', '/b', '/c', '/d/7', '/a')).to.deep.equal([
      '/a',
      '/b',
      OTHER_PATHS,
      OTHER_PATHS,
      '/a',
    ]);
  });

  it('are bounded over all applications, and given back by one that begins to name routes', () => {
    const groups = new PathGroups({ templates: 2, applications: 3 });
    const of = (clientId: string, endpoint: string, route: string | null = null): string | null | undefined =>
      named(groups, [{ clientId, endpoint, route }])[0];
    expect([of('one', '/a'), of('one', '/b'), of('two', '/a')]).to.deep.equal(['/a', '/b', OTHER_PATHS]);
    expect(of('one', '/a', '/a')).to.equal(null);
    expect([of('two', '/a'), of('three', '/a'), of('four', '/a')]).to.deep.equal(['/a', '/a', NO_ROUTE]);
  });
});
