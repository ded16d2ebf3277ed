import { expect } from 'chai';
import fc from 'fast-check';

import {
  latencyBucket,
  MAX_LATENCY_BUCKET,
  MIN_LATENCY_BUCKET,
} from '../../../dist/store/figures/log-buckets.js';
import { edgesOf, latencyReachedBy, RankedBuckets } from '../../../dist/store/figures/ranked-buckets.js';
import { countOne } from '../../../dist/nested-maps.js';
import { quantile } from '../../../dist/store/memory/figures.js';

const latencies = fc.array(
  fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.integer({ min: 0, max: 30 })),
);
const quantiles = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
const buckets = fc.integer({ min: MIN_LATENCY_BUCKET, max: MAX_LATENCY_BUCKET });

function countsOf(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) countOne(counts, latencyBucket(value));
  return counts;
}

function isWithin(edges: readonly number[], value: number): boolean {
  return edges.filter((edge) => edge <= value).length % 2 === 1;
}

describe('RankedBuckets', () => {
  it('gives the quantiles of all latencies from those of the few buckets that it names', () => {
    fc.assert(
      fc.property(latencies, quantiles, (values, wanted) => {
        const ranked = new RankedBuckets(countsOf(values));
        const edges = edgesOf(ranked.bucketsOf(wanted));
        const read = values.filter((value) => isWithin(edges, value)).sort((a, b) => a - b);
        const valuesOf = (bucket: number): number[] =>
          read.filter((value) => latencyBucket(value) === bucket);
        const sorted = values.toSorted((a, b) => a - b);
        for (const q of wanted) expect(ranked.quantile(q, valuesOf)).to.equal(quantile(sorted, q));
      }),
    );
  });

  it('says when a bucket has others than were counted', () => {
    const ranked = new RankedBuckets(new Map([[latencyBucket(7), 2]]));
    expect(ranked.quantile(0.5, () => [7])).to.equal(undefined);
    expect(ranked.quantile(0.5, () => [7, 7])).to.equal(7);
  });
});

describe('edgesOf', () => {
  it('puts each number on the side of its bucket, also the last before an edge', () => {
    fc.assert(
      fc.property(fc.uniqueArray(buckets, { minLength: 1, maxLength: 8 }), (named) => {
        const edges = edgesOf(new Set(named));
        expect(edges).to.deep.equal(edges.toSorted((a, b) => a - b));
        for (const edge of edges.filter((each) => Math.abs(each) < Infinity)) {
          for (const value of [edge * (1 - 2 ** -53), edge, edge * (1 + 2 ** -52)])
            expect(isWithin(edges, value), `${value}`).to.equal(named.includes(latencyBucket(value)));
        }
      }),
    );
  });

  it('has none between buckets that follow each other', () => {
    expect(edgesOf(new Set([3, 4, 5]))).to.have.length(2);
    expect(edgesOf(new Set([MIN_LATENCY_BUCKET, MAX_LATENCY_BUCKET]))).to.have.length(4);
  });
});

describe('latencyReachedBy', () => {
  const wanted = fc.integer({ min: 1, max: 20 });

  it('is reached by as many latencies as are wanted, and by fewer from the next bucket on', () => {
    fc.assert(
      fc.property(latencies, wanted, (values, count) => {
        const least = latencyReachedBy(countsOf(values), count);
        if (least === undefined) {
          expect(values.length).to.be.lessThan(count);
          return;
        }
        const bucket = latencyBucket(Math.max(0, least));
        expect(values.filter((value) => value >= least).length).to.be.at.least(count);
        expect(values.filter((value) => latencyBucket(value) > bucket).length).to.be.lessThan(count);
      }),
    );
  });

  it('is reached by as many below a latency', () => {
    fc.assert(
      fc.property(latencies, wanted, fc.double({ min: 0, max: 1e4, noNaN: true }), (values, count, below) => {
        const least = latencyReachedBy(countsOf(values), count, below);
        if (least === undefined) return;
        expect(values.filter((value) => value >= least && value < below).length).to.be.at.least(count);
      }),
    );
  });
});
