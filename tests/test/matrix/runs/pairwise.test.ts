import { expect } from 'chai';
import { combinations } from './combinations.js';
import { FRAMEWORKS } from '../frameworks/frameworks.js';
import { pairwise } from './pairwise.js';

const AXES = { sdk: ['2', '3'], node: ['20', '22', '24'], modules: ['esm', 'cjs'], record: ['a', 'b'] };

describe('pairwise choice', () => {
  it('has every two values of different axes in some row, and far fewer rows than there are', () => {
    const rows = pairwise(AXES, () => true);
    const met = (one: [string, string], other: [string, string]): boolean =>
      rows.some((row) => row[one[0]] === one[1] && row[other[0]] === other[1]);
    const values = Object.entries(AXES).flatMap(([axis, all]) =>
      all.map((value): [string, string] => [axis, value]),
    );
    for (const one of values) {
      for (const other of values) {
        if (one[0] !== other[0]) expect(met(one, other), `${one.join()} ${other.join()}`).to.equal(true);
      }
    }
    expect(rows.length).to.be.below(12);
  });

  it('has no row that is not possible, and still every two values that can meet', () => {
    const rows = pairwise(AXES, ({ sdk, node }) => sdk === '2' || node !== '20');
    expect(rows.filter(({ sdk, node }) => sdk === '3' && node === '20')).to.deep.equal([]);
    for (const node of ['22', '24']) {
      expect(rows.some((row) => row['sdk'] === '3' && row['node'] === node)).to.equal(true);
    }
  });

  it('is empty when nothing is possible', () => {
    expect(pairwise(AXES, () => false)).to.deep.equal([]);
  });

  it('runs each framework on each SDK line and each Node.js that they support', () => {
    const chosen = combinations(FRAMEWORKS);
    for (const { name, oldestNode = 0, modules } of FRAMEWORKS) {
      const own = chosen.filter(({ framework, capture }) => framework === name && capture === 'standard');
      expect(new Set(own.map(({ line }) => line)).size, name).to.equal(4);
      const nodes = ['20', '22', '24', '26'].filter((node) => Number(node) >= oldestNode);
      expect([...new Set(own.map(({ node }) => node))].toSorted(), name).to.deep.equal(nodes);
      expect(new Set(own.map((each) => each.modules)).size, name).to.equal(modules === undefined ? 2 : 1);
    }
    expect(chosen.filter(({ line, node }) => line === 'sdk-3' && node === '20')).to.deep.equal([]);
  });

  it('runs each framework with each light capture on each Node.js, and patched where it can be', () => {
    const chosen = combinations(FRAMEWORKS);
    for (const { name, patch, oldestNode = 0 } of FRAMEWORKS) {
      const nodes = ['20', '22', '24', '26'].filter((node) => Number(node) >= oldestNode);
      for (const capture of ['light', 'alone']) {
        for (const patched of patch === undefined ? [false] : [false, true]) {
          const own = chosen.filter(
            (each) => each.framework === name && each.capture === capture && each.patched === patched,
          );
          const title = `${name}, ${capture}, ${patched}`;
          expect([...new Set(own.map(({ node }) => node))].toSorted(), title).to.deep.equal(nodes);
        }
      }
    }
  });
});
