import { expect } from 'chai';
import { isExactlyOnce, StoredRequests } from '../dist/results/exactly-once.js';

function stored(...targets: readonly (readonly [string, string])[]): StoredRequests {
  const requests = new StoredRequests();
  for (const [endpoint, span] of targets) {
    requests.add({ method: 'GET', endpoint, trace_id: 't', span_id: span });
  }
  return requests;
}

describe('the comparison of counted and stored requests', () => {
  it('finds nothing where each request is stored once', () => {
    const comparison = stored(['/a', '1'], ['/a', '2'], ['/b', '3']).compare({ 'GET /a': 2, 'GET /b': 1 });
    expect(comparison).to.deep.equal({ requests: 3, stored: 3, lost: 0, duplicates: 0, unexpected: 0 });
    expect(isExactlyOnce(comparison)).to.equal(true);
  });

  it('finds a request that is missing', () => {
    const comparison = stored(['/a', '1']).compare({ 'GET /a': 2, 'GET /b': 1 });
    expect(comparison).to.deep.equal({ requests: 3, stored: 1, lost: 2, duplicates: 0, unexpected: 0 });
    expect(isExactlyOnce(comparison)).to.equal(false);
  });

  it('finds a request that is stored twice, and does not take it for another one', () => {
    const comparison = stored(['/a', '1'], ['/a', '1']).compare({ 'GET /a': 2 });
    expect(comparison).to.deep.equal({ requests: 2, stored: 1, lost: 1, duplicates: 1, unexpected: 0 });
    expect(isExactlyOnce(comparison)).to.equal(false);
  });

  it('does not let a surplus event make up for a lost one', () => {
    const comparison = stored(['/a', '1'], ['/b', '2']).compare({ 'GET /a': 2 });
    expect(comparison).to.deep.equal({ requests: 2, stored: 2, lost: 1, duplicates: 0, unexpected: 1 });
    expect(isExactlyOnce(comparison)).to.equal(false);
  });

  it('tells spans of different traces apart', () => {
    const requests = new StoredRequests();
    requests.add({ method: 'GET', endpoint: '/a', trace_id: '1', span_id: 's' });
    requests.add({ method: 'GET', endpoint: '/a', trace_id: '2', span_id: 's' });
    expect(requests.compare({ 'GET /a': 2 }).duplicates).to.equal(0);
  });

  it('takes targets that are named like members of every object for what they are', () => {
    expect(stored(['/a', '1']).compare({}).unexpected).to.equal(1);
    const requests = new StoredRequests();
    requests.add({ method: 'constructor', endpoint: '' });
    expect(requests.compare({}).unexpected).to.equal(1);
  });
});
