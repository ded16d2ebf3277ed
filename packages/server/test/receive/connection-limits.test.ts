import { expect } from 'chai';

import { ConnectionLimits } from '../../dist/receive/connection-limits.js';

describe('ConnectionLimits', () => {
  const limits = (): ConnectionLimits =>
    new ConnectionLimits({
      maxConnections: 4,
      maxConnectionsPerAddress: 3,
      maxUnauthenticatedConnections: 2,
    });

  it('counts connections of each kind and forgets them when they end', () => {
    const counts = limits();
    const known = counts.add('a', true);
    const unknown = counts.add('b', false);
    expect([counts.total, counts.unauthenticated]).to.deep.equal([2, 1]);
    unknown.ended();
    known.ended();
    expect([counts.total, counts.unauthenticated]).to.deep.equal([0, 0]);
    for (let n = 0; n < 3; n += 1) counts.add('a', true);
    expect(counts.refusal('a', true)).to.equal(429);
    expect(counts.refusal('b', true)).to.equal(undefined);
  });

  it('refuses with 503 when all are taken, whoever comes', () => {
    const counts = limits();
    for (const address of ['a', 'b', 'c', 'd']) counts.add(address, true);
    expect(counts.refusal('e', true)).to.equal(503);
  });

  it('refuses those without the token before those with it', () => {
    const counts = limits();
    const first = counts.add('a', false);
    counts.add('b', false);
    expect([counts.refusal('c', false), counts.refusal('c', true)]).to.deep.equal([503, undefined]);
    first.authenticated();
    first.authenticated();
    expect(counts.unauthenticated).to.equal(1);
    expect(counts.refusal('c', false)).to.equal(undefined);
    first.ended();
    expect(counts.unauthenticated).to.equal(1);
  });
});
