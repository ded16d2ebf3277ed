import { expect } from 'chai';
import { execFileSync } from 'node:child_process';

import {
  ago,
  bytes,
  change,
  changeOfShare,
  count,
  dayAndTime,
  dayOf,
  decimal,
  duration,
  interval,
  rate,
  share,
} from '../../page/dist/format.js';
import { startOfDay } from '../../page/dist/local-time.js';

/** With ordinary spaces. */
function plain(text: string): string {
  return text.replaceAll('\u202F', ' ');
}

describe('numbers on the page', () => {
  it('are whole up to 100,000 and then have three digits', () => {
    expect([0, 999, 9999, 99_999, 100_000, 1_234_567].map(count)).to.deep.equal([
      '0',
      '999',
      '9,999',
      '99,999',
      '100K',
      '1.23M',
    ]);
    expect([1e308, -1e20, 1e-300].map(decimal)).to.deep.equal(['1E308', '-1E20', '1E-300']);
    expect([0.5, 1234.5678, null, 12_345_678].map(decimal)).to.deep.equal(['0.5', '1,230', '–', '12.3M']);
    expect([0, 1 / 60, 0.0999, 1.44, 250].map(rate)).to.deep.equal(['0.0', '0.017', '0.1', '1.4', '250']);
  });

  it('have the unit that suits a duration', () => {
    expect(
      [0.4212, 17.6, 420, 1240, 126_000, 10_800_000, 1e12, 1e300, null].map(duration).map(plain),
    ).to.deep.equal([
      '0.421 ms',
      '17.6 ms',
      '420 ms',
      '1.24 s',
      '2.1 min',
      '3 h',
      '11,600 d',
      '1.16E292 d',
      '–',
    ]);
  });

  it('never round a share down to nothing', () => {
    const shares = [share(0, 10), share(1, 1e6), share(1, 300), share(1, 30), share(1, 3), share(0, 0)];
    expect(shares.map(plain)).to.deep.equal(['0 %', '< 0.01 %', '0.33 %', '3.3 %', '33 %', '–']);
  });

  it('never round a share up to everything', () => {
    const shares = [share(99, 100), share(997, 1000), share(9999, 10_000), share(999_999, 1e6), share(7, 7)];
    expect(shares.map(plain)).to.deep.equal(['99 %', '99.70 %', '99.99 %', '> 99.99 %', '100 %']);
  });

  it('tell how they changed, where there is something to compare with', () => {
    const texts = (now: number, before: number): unknown => {
      const found = change(now, before);
      return found && [plain(found.text), found.direction, found.isLarge];
    };
    expect(texts(110, 100)).to.deep.equal(['10 %', 'up', true]);
    expect(texts(95, 100)).to.deep.equal(['5 %', 'down', false]);
    expect(texts(100, 100)).to.deep.equal(['0 %', 'same', false]);
    expect(texts(2000, 100)).to.deep.equal(['×20', 'up', true]);
    expect(texts(5, 0)).to.equal(undefined);
    expect(change(null, 5)).to.equal(undefined);
  });

  it('compare shares in percentage points', () => {
    const found = changeOfShare(0.05, 0.02);
    expect([plain(found?.text ?? ''), found?.direction, found?.isLarge]).to.deep.equal([
      '3.0 pp',
      'up',
      true,
    ]);
    expect(plain(changeOfShare(0.01, 0.012)?.text ?? '')).to.equal('0.20 pp');
    expect(changeOfShare(0.01, null)).to.equal(undefined);
  });

  it('have the unit that suits a size', () => {
    expect([0, 512, 1240, 5_000_000, 3e13].map((size) => plain(bytes(size)))).to.deep.equal([
      '0 B',
      '512 B',
      '1.24 kB',
      '5 MB',
      '30,000 GB',
    ]);
  });

  it('say how long ago something was', () => {
    const now = 1e12;
    const found = [-5000, 1000, 42_000, 180_000, 7_300_000, 200_000_000].map((past) =>
      plain(ago(now - past, now)),
    );
    expect(found).to.deep.equal(['just now', 'just now', '42 s ago', '3 min ago', '2 h ago', '2 d ago']);
  });

  it('are all in the digits of the reader, nothing among them', () => {
    const format = import.meta.resolve('../../page/dist/format.js');
    const reader = `globalThis.document = {};
      Object.defineProperty(globalThis, 'navigator', { value: { language: 'fa', languages: ['fa'] } });
      const { change, changeOfShare, share } = await import('${format}');
      process.stdout.write(change(1, 1).text + changeOfShare(1, 1).text + share(0, 1));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', reader]).toString();
    expect(plain(said)).to.equal('۰ %۰ pp۰ %');
  });

  it('have the year of a day where one of the same name is nearer', () => {
    const DAY = 86_400_000;
    const year = (millis: number): string => String(new Date(millis).getFullYear());
    const [near, far] = [Date.now() - 300 * DAY, Date.now() - 400 * DAY];
    expect(dayOf(near)).to.match(/^\w+ \d+$/);
    for (const text of [
      dayOf(far),
      dayAndTime(far),
      interval(far, 60_000),
      interval(startOfDay(far), 30 * DAY),
    ])
      expect(text).to.include(year(far));
    expect(dayOf(Date.now() + 400 * DAY)).to.include(year(Date.now() + 400 * DAY));
  });
});
