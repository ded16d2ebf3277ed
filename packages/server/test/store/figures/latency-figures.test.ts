import { expect } from 'chai';

import { apdexOf, estimatedQuantile, heatOf } from '../../../dist/store/figures/latency-figures.js';
import { latencyBucket } from '../../../dist/store/figures/log-buckets.js';

const cells = (...latencies: readonly number[]): { start: number; bucket: number; count: number }[] =>
  latencies.map((latency, index) => ({ start: index * 10, bucket: latencyBucket(latency), count: 1 }));

describe('figures of latencies that are known by their buckets', () => {
  it('are satisfied up to the threshold, tolerating up to four times it, and frustrated above', () => {
    const latencies = cells(1, 500, 530, 2000, 2100, 90_000);
    expect(apdexOf(latencies, 500)).to.deep.equal({
      score: 0.5,
      satisfied: 2,
      tolerating: 2,
      frustrated: 2,
    });
    expect(apdexOf(latencies, 60_000).score).to.be.closeTo(5.5 / 6, 1e-9);
    expect(apdexOf([], 500)).to.deep.equal({ score: null, satisfied: 0, tolerating: 0, frustrated: 0 });
  });

  it('lie in bins that all columns have in common', () => {
    const { bins, columns } = heatOf([
      ...cells(1, 10, 10),
      { start: 10, bucket: latencyBucket(10), count: 4 },
    ]);
    expect(columns.get(0)?.[0]).to.equal(1);
    expect(columns.get(10)?.at(-1)).to.equal(5);
    expect(bins.at(-1)?.count).to.equal(6);
    for (const column of columns.values()) expect(column).to.have.length(bins.length);
    expect(heatOf([])).to.deep.equal({ bins: [], columns: new Map() });
  });

  it('have percentiles within two per cent, interpolated between ranks', () => {
    expect(estimatedQuantile([], 0.5)).to.equal(null);
    expect(estimatedQuantile(cells(100), 0.95)).to.be.closeTo(100, 2);
    expect(estimatedQuantile(cells(300, 100, 200), 0.5)).to.be.closeTo(200, 4);
    expect(estimatedQuantile(cells(100, 200), 0.5)).to.be.closeTo(150, 3);
  });
});
