import { expect } from 'chai';

import { cellAt, rangeOf } from '../../page/dist/parts/latency/heat-cells.js';

const MINUTE = 60_000;
const START = Date.UTC(2025, 2, 1, 12);
const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

/** An hour and a half from 12:10 on, in buckets of half an hour. */
const SPREAD = {
  since: at(10),
  until: at(100),
  bucket_millis: 30 * MINUTE,
  apdex: {
    threshold_ms: 500,
    own_threshold_ms: null,
    score: 1,
    satisfied: 9,
    satisfied_to_ms: 500,
    tolerating_to_ms: 2000,
    tolerating: 0,
    frustrated: 0,
  },
  bins: [
    { from: 0, to: 1, requests: 4 },
    { from: 1, to: 2, requests: 5 },
  ],
  heat: [0, 30, 60, 90].map((minutes, index) => ({ start: at(minutes), requests: [1, index] })),
};

describe('a cell of the heatmap', () => {
  it('is the one under the pointer, and none outside', () => {
    expect(cellAt(SPREAD, 0.8, 0.7)).to.deep.equal({
      start: START + 90 * MINUTE,
      from: 1,
      to: 2,
      requests: 3,
    });
    expect(cellAt(SPREAD, 1, 0.5)).to.equal(undefined);
  });

  it('is of as much of its bucket of time as the map is', () => {
    const minutes = [0.1, 0.3, 0.9].map((x) => {
      const cell = cellAt(SPREAD, x, 0);
      if (cell === undefined) throw new Error('no cell');
      const { since, until } = rangeOf(SPREAD, cell);
      return [(since - START) / MINUTE, (until - START) / MINUTE];
    });
    expect(minutes).to.deep.equal([
      [10, 30],
      [30, 60],
      [90, 100],
    ]);
  });
});
