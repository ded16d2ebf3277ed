import { expect } from 'chai';

import { latencyBucket } from '../../../dist/store/figures/log-buckets.js';
import { hoursOfWeek, isTimeZone } from '../../../dist/store/figures/week.js';

const at = (time: string, latency = 100): { start: number; bucket: number; count: number } => ({
  start: Date.parse(time),
  bucket: latencyBucket(latency),
  count: 1,
});

describe('the hours of the week', () => {
  it('are those of a time zone, with its daylight saving time', () => {
    // A Monday in winter and one in summer, at eight in the morning in Berlin.
    const cells = [at('2025-01-06T07:00:00Z'), at('2025-07-07T06:00:00Z', 200), at('2025-01-05T23:00:00Z')];
    const hours = hoursOfWeek(cells, 'Europe/Berlin').map(({ weekday, hour, requests }) => [
      weekday,
      hour,
      requests,
    ]);
    expect(hours).to.deep.equal([
      [1, 0, 1],
      [1, 8, 2],
    ]);
    expect(hoursOfWeek(cells, 'UTC').map(({ weekday, hour }) => [weekday, hour])).to.deep.equal([
      [1, 6],
      [1, 7],
      [7, 23],
    ]);
  });

  it('are only those of time zones that there are', () => {
    expect(['UTC', 'Asia/Kolkata', 'Mars/Olympus', ''].map(isTimeZone)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });
});
