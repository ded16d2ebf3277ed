import { Cron } from 'croner';

import { messageOf } from '../../errors.ts';

/** So often at most, which is not so often that a summary is a flood. */
const MIN_MILLIS = 3_600_000;

/** What is wrong with a schedule; `undefined` for nothing. */
export function scheduleProblem(schedule: string, timeZone: string | undefined): string | undefined {
  try {
    const first = nextRun(schedule, timeZone, 0);
    if (first === undefined) return '`schedule` never comes';
    // Of three in a row two are close where any are: minutes of an hour are the same in each hour.
    const second = nextRun(schedule, timeZone, first) ?? Infinity;
    const third = second === Infinity ? Infinity : (nextRun(schedule, timeZone, second) ?? Infinity);
    return Math.min(second - first, third - second) < MIN_MILLIS
      ? '`schedule` must be once an hour at most'
      : undefined;
  } catch (error) {
    return /time ?zone/i.test(messageOf(error))
      ? '`time_zone` must be a name such as Europe/Berlin'
      : '`schedule` must be five fields of cron, such as 0 8 * * 1';
  }
}

/**
 * When a schedule comes next after an instant, milliseconds since the epoch; `undefined` for never. Fields are those of cron, in a time
 * zone such as `Europe/Berlin`; the default is UTC.
 */
export function nextRun(schedule: string, timeZone: string | undefined, after: number): number | undefined {
  const cron = new Cron(schedule, { paused: true, timezone: timeZone ?? 'UTC', mode: '5-part' });
  return cron.nextRun(new Date(after))?.getTime();
}
