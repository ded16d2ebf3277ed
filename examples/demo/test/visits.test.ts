import { isIP } from 'node:net';
import { expect } from 'chai';
import { createVisitors, headersOf } from '../dist/traffic/visitors.js';
import { nextVisit } from '../dist/traffic/visits.js';

/** Always the same numbers, so that no test depends on luck (Park and Miller's generator). */
function reproducible(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('the traffic', () => {
  it('has many methods, unknown paths, hang-ups and broken uploads', () => {
    const random = reproducible();
    const visits = Array.from({ length: 3000 }, () => nextVisit(random));
    const methods = [...new Set(visits.map(({ method }) => method))];
    expect(methods).to.have.members(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE']);
    expect(visits.some(({ path }) => path === '/wp-login.php')).to.equal(true);
    const hangUps = visits.filter(({ abortAfterMillis }) => abortAfterMillis !== undefined);
    expect(hangUps.some(({ halfBody }) => halfBody === true)).to.equal(true);
    expect(hangUps.some(({ halfBody }) => halfBody === undefined)).to.equal(true);
    expect(visits.every((visit) => visit.halfBody === undefined || hangUps.includes(visit))).to.equal(true);
  });

  it('has a valid address of its own for each visitor', () => {
    const addresses = createVisitors(900).map(({ address }) => address);
    expect(new Set(addresses).size).to.equal(900);
    for (const address of addresses) expect(isIP(address), address).to.be.greaterThan(0);
  });

  it('comes through a proxy that appends the address to whatever the visitor claims', () => {
    const visitor = { address: '203.0.113.7', sampling: 'none' } as const;
    expect(headersOf(visitor, () => 0.9)).to.deep.equal({ 'x-forwarded-for': '203.0.113.7' });
    expect(headersOf(visitor, () => 0)['x-forwarded-for']).to.equal('192.0.2.0, 203.0.113.7');
  });

  it('has callers that ask not to be traced', () => {
    const visitors = createVisitors(80);
    const traceparents = visitors.map((visitor) => headersOf(visitor, Math.random)['traceparent']);
    expect(traceparents.filter((each) => each?.endsWith('-00') === true)).to.have.length(10);
    expect(traceparents.filter((each) => each?.endsWith('-01') === true)).to.have.length(10);
    for (const each of traceparents) {
      if (each !== undefined) expect(each).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    }
  });
});
