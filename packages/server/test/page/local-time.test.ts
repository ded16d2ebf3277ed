import { expect } from 'chai';

import {
  clockText,
  firstInstant,
  isTwice,
  lastInstant,
  minutesAfterTheHour,
  startOfDay,
} from '../../page/dist/local-time.js';

const at = (text: string): number => Date.parse(text);
const utc = (millis: number): string => new Date(millis).toISOString();

describe("the reader's clock", () => {
  const own = process.env['TZ'];

  afterEach(() => {
    if (own === undefined) delete process.env['TZ'];
    else process.env['TZ'] = own;
  });

  it('shows an hour twice in Berlin when summer ends, and half an hour on Lord Howe Island', () => {
    process.env['TZ'] = 'Europe/Berlin';
    const hours = ['2026-10-24T23:59:59Z', '2026-10-25T00:00Z', '2026-10-25T01:59:59Z', '2026-10-25T02:00Z'];
    expect(hours.map((each) => isTwice(at(each)))).to.deep.equal([false, true, true, false]);
    process.env['TZ'] = 'Australia/Lord_Howe';
    const halves = ['2026-04-04T14:29:59Z', '2026-04-04T14:30Z', '2026-04-04T15:29:59Z', '2026-04-04T15:30Z'];
    expect(halves.map((each) => isTwice(at(each)))).to.deep.equal([false, true, true, false]);
    process.env['TZ'] = 'UTC';
    expect(halves.map((each) => isTwice(at(each)))).to.deep.equal([false, false, false, false]);
  });

  it('means one instant of two by the begin of a range, and the other by its end', () => {
    process.env['TZ'] = 'Europe/Berlin';
    expect(utc(firstInstant('2026-10-25T02:30:00'))).to.equal('2026-10-25T00:30:00.000Z');
    expect(utc(lastInstant('2026-10-25T02:30:00'))).to.equal('2026-10-25T01:30:00.000Z');
    expect(utc(lastInstant('2026-10-25T03:30:00'))).to.equal('2026-10-25T02:30:00.000Z');
    expect(lastInstant('never')).to.deep.equal(NaN);
  });

  it('gives the field of a form what it shows, and takes it back', () => {
    for (const zone of ['Asia/Kathmandu', 'America/St_Johns', 'Pacific/Honolulu', 'Pacific/Auckland']) {
      process.env['TZ'] = zone;
      for (const time of ['2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', '2026-06-30T11:30:00Z'])
        expect(firstInstant(clockText(at(time))), zone).to.equal(at(time));
    }
    expect(clockText(at('2026-06-30T11:30:00Z'))).to.equal('2026-06-30T23:30:00');
  });

  it('begins its days and its hours where the zone does', () => {
    process.env['TZ'] = 'Asia/Kathmandu';
    expect(utc(startOfDay(at('2026-11-30T18:14:59Z')))).to.equal('2026-11-29T18:15:00.000Z');
    expect(minutesAfterTheHour(at('2026-11-30T00:00Z'))).to.equal(45);
    process.env['TZ'] = 'America/St_Johns';
    expect(minutesAfterTheHour(at('2026-11-30T00:00Z'))).to.equal(30);
    process.env['TZ'] = 'Pacific/Honolulu';
    expect(minutesAfterTheHour(at('2026-11-30T00:00Z'))).to.equal(0);
  });
});
