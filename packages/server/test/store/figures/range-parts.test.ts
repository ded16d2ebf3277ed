import { expect } from 'chai';
import fc from 'fast-check';

import { rangeParts } from '../../../dist/store/figures/range-parts.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2025, 0, 1);

describe('rangeParts', () => {
  it('reads days where they are whole, hours beside them, and events at the ends', () => {
    const range = { since: START + 22.5 * HOUR, until: START + 3 * DAY + 90 * MINUTE };
    const { whole, rest } = rangeParts(range, [DAY, HOUR]);
    expect(whole.get(DAY)).to.deep.equal([{ since: START + DAY, until: START + 3 * DAY }]);
    expect(whole.get(HOUR)).to.deep.equal([
      { since: START + 23 * HOUR, until: START + DAY },
      { since: START + 3 * DAY, until: START + 3 * DAY + HOUR },
    ]);
    expect(rest).to.deep.equal([
      { since: range.since, until: START + 23 * HOUR },
      { since: START + 3 * DAY + HOUR, until: range.until },
    ]);
  });

  it('has no whole periods in a range within one', () => {
    const range = { since: START + 1, until: START + HOUR - 1 };
    const { whole, rest } = rangeParts(range, [HOUR]);
    expect(whole.get(HOUR)).to.deep.equal([]);
    expect(rest).to.deep.equal([range]);
  });

  it('reads the periods that an open end cuts', () => {
    const range = { since: START + 23 * HOUR, until: START + 2 * DAY + 5 * MINUTE };
    const { whole, rest } = rangeParts(range, [DAY, HOUR], () => true);
    expect(whole.get(DAY)).to.deep.equal([{ since: START + DAY, until: START + 3 * DAY }]);
    expect(whole.get(HOUR)).to.deep.equal([{ since: START + 23 * HOUR, until: START + DAY }]);
    expect(rest).to.deep.equal([]);
  });

  it('reads only the periods that are said to be open', () => {
    const range = { since: START, until: START + HOUR + 90_000 };
    const { whole, rest } = rangeParts(range, [HOUR, MINUTE], (period) => period === MINUTE);
    expect(whole.get(HOUR)).to.deep.equal([{ since: START, until: START + HOUR }]);
    expect(whole.get(MINUTE)).to.deep.equal([{ since: START + HOUR, until: START + HOUR + 2 * MINUTE }]);
    expect(rest).to.deep.equal([]);
  });

  it('leaves no instant out and has none twice', () => {
    const instant = fc.integer({ min: START, max: START + 5 * DAY });
    const periods = fc.constantFrom([DAY, HOUR], [HOUR], [MINUTE], [DAY, HOUR, MINUTE]);
    fc.assert(
      fc.property(instant, instant, periods, fc.boolean(), (a, b, lengths, isOpen) => {
        const range = { since: Math.min(a, b), until: Math.max(a, b) + 1 };
        const { whole, rest } = rangeParts(range, lengths, () => isOpen);
        const periodsRead = lengths.flatMap((length) =>
          (whole.get(length) ?? []).map((stretch) => ({ ...stretch, length })),
        );
        for (const { since, until, length } of periodsRead) {
          expect([since % length, until % length]).to.deep.equal([0, 0]);
        }
        const parts = [...rest, ...periodsRead].sort((one, other) => one.since - other.since);
        let reached = range.since;
        for (const { since, until } of parts) {
          expect(since).to.equal(reached);
          expect(until).to.be.greaterThan(since);
          reached = until;
        }
        if (!isOpen) expect(reached).to.equal(range.until);
        else
          expect(reached).to.be.within(
            range.until,
            Math.ceil(range.until / (lengths[0] ?? 1)) * (lengths[0] ?? 1),
          );
      }),
    );
  });
});
