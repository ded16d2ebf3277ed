/** Numbers as people read them, with units. A dash where there is none. */

import { isTwice, startOfDay } from './local-time.ts';
import { LOCALE } from './locale.ts';

const NONE = '–';
const DAY = 86_400_000;
const YEAR = 365 * DAY;
/** Between a number and its unit: narrow, and no line breaks there. */
const THIN = '\u202F';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 3 });
const digits2 = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 2 });
const digits3 = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
const scientific = new Intl.NumberFormat(LOCALE, { notation: 'scientific', maximumSignificantDigits: 3 });

/** From here on a number has more digits than anybody reads; the same for what is as close to zero. */
const ASTRONOMIC = 1e15;

/** With so many digits behind the point. */
function fixed(value: number, digits: 0 | 1 | 2): string {
  return FIXED[digits].format(value);
}

const FIXED = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
) as unknown as readonly [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat];

/** 9,999 → `9,999`; from 100,000 on three digits: `123K`. */
export function count(value: number): string {
  return Math.abs(value) < 100_000 ? whole.format(value) : compact.format(value);
}

/** Every digit. */
export function exactCount(value: number): string {
  return whole.format(value);
}

/** A metric's value: three significant digits. */
export function decimal(value: number | null): string {
  if (value === null) return NONE;
  const size = Math.abs(value);
  if (size >= ASTRONOMIC || (size > 0 && size < 1 / ASTRONOMIC)) return scientific.format(value);
  return size < 100_000 ? digits3.format(value) : compact.format(value);
}

/** Milliseconds, in the unit that suits: `0.42 ms`, `420 ms`, `1.24 s`, `2.1 min`, `3 h`, `2 d`. */
export function duration(millis: number | null): string {
  if (millis === null) return NONE;
  if (millis < 1000) return `${digits3.format(millis)}${THIN}ms`;
  if (millis < 60_000) return `${digits3.format(millis / 1000)}${THIN}s`;
  if (millis < 120 * 60_000) return `${digits3.format(millis / 60_000)}${THIN}min`;
  if (millis < 2 * DAY) return `${digits3.format(millis / 3_600_000)}${THIN}h`;
  return `${decimal(millis / DAY)}${THIN}d`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes, in the unit that suits: `512 B`, `1.24 MB`. */
export function bytes(size: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(size, 1)) / 3), BYTE_UNITS.length - 1);
  return `${digits3.format(size / 1000 ** power)}${THIN}${BYTE_UNITS[power]}`;
}

/** A share of one as per cent: `0.4 %`, `12 %`; never rounded down to nothing, or up to everything. */
export function share(part: number, total: number): string {
  if (total === 0) return NONE;
  const percent = (part / total) * 100;
  if (percent === 0) return `${fixed(0, 0)}${THIN}%`;
  if (percent < 0.01) return `<${THIN}${fixed(0.01, 2)}${THIN}%`;
  if (percent > 99.99 && percent < 100) return `>${THIN}${fixed(99.99, 2)}${THIN}%`;
  return `${fixed(percent, digitsOfShare(percent))}${THIN}%`;
}

/** What is close to nothing or to everything is told from it. */
function digitsOfShare(percent: number): 0 | 1 | 2 {
  if (percent < 1 || (percent >= 99.5 && percent < 100)) return 2;
  return percent < 10 ? 1 : 0;
}

/** Requests per second; few are not none. */
export function rate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.1) return digits2.format(perSecond);
  return perSecond >= 100 ? count(perSecond) : fixed(perSecond, 1);
}

/** A change, as text and direction. */
export interface Change {
  readonly text: string;
  readonly direction: 'up' | 'down' | 'same';
  /** Whether it is worth a second look: a tenth, or half a percentage point. */
  readonly isLarge: boolean;
}

/** The change from `before` to `now`; `undefined` where there is nothing to compare with. */
export function change(now: number | null, before: number | null): Change | undefined {
  if (now === null || before === null || before === 0) return undefined;
  const ratio = now / before - 1;
  const percent = Math.abs(ratio) * 100;
  if (percent < 0.5) return { text: `${fixed(0, 0)}${THIN}%`, direction: 'same', isLarge: false };
  const text = percent >= 1000 ? `×${digits3.format(now / before)}` : `${fixed(percent, 0)}${THIN}%`;
  return { text, direction: ratio > 0 ? 'up' : 'down', isLarge: percent >= 10 };
}

/** The change of a share of one, in percentage points. */
export function changeOfShare(now: number | null, before: number | null): Change | undefined {
  if (now === null || before === null) return undefined;
  const points = (now - before) * 100;
  const text = `${fixed(Math.abs(points), Math.abs(points) < 1 ? 2 : 1)}${THIN}pp`;
  if (Math.abs(points) < 0.005) return { text: `${fixed(0, 0)}${THIN}pp`, direction: 'same', isLarge: false };
  return { text, direction: points > 0 ? 'up' : 'down', isLarge: Math.abs(points) >= 0.5 };
}

const TIMES = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  full: { dateStyle: 'medium', timeStyle: 'medium' },
  // With the name of the zone, which none of the styles but this one has.
  fullWithZone: { dateStyle: 'medium', timeStyle: 'long' },
} as const;

type Time = 'clock' | 'minute' | 'full';

const times: Readonly<Record<Time, Intl.DateTimeFormat>> = {
  clock: new Intl.DateTimeFormat(LOCALE, TIMES.clock),
  minute: new Intl.DateTimeFormat(LOCALE, TIMES.minute),
  full: new Intl.DateTimeFormat(LOCALE, TIMES.full),
};
const timesWithZone: Readonly<Record<Time, Intl.DateTimeFormat>> = {
  clock: new Intl.DateTimeFormat(LOCALE, { ...TIMES.clock, timeZoneName: 'short' }),
  minute: new Intl.DateTimeFormat(LOCALE, { ...TIMES.minute, timeZoneName: 'short' }),
  full: new Intl.DateTimeFormat(LOCALE, TIMES.fullWithZone),
};
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });

/** With the year where a day of the same name is nearer. */
function dayFormat(millis: number): Intl.DateTimeFormat {
  return Math.abs(Date.now() - millis) < YEAR ? day : dayOfYear;
}

/** In the reader's time zone; which of two, where the clock showed a time twice. */
function timeText(as: Time, millis: number): string {
  return (isTwice(millis) ? timesWithZone : times)[as].format(millis);
}

/** `14:05:09`, in the reader's time zone. */
export function timeOfDay(millis: number): string {
  return timeText('clock', millis);
}

/** `14:05` */
export function minuteOfDay(millis: number): string {
  return timeText('minute', millis);
}

/** `29 Nov`; `29 Nov 2024` where that is longer ago than a year. */
export function dayOf(millis: number): string {
  return dayFormat(millis).format(millis);
}

/** `29 Nov, 14:05:09`: date and time where there is little room. */
export function dayAndTime(millis: number): string {
  return `${dayOf(millis)}, ${timeOfDay(millis)}`;
}

/** The time of day, and the day where that is another one than that of a second instant. */
export function timeBeside(millis: number, other: number): string {
  return startOfDay(millis) === startOfDay(other) ? timeOfDay(millis) : dayAndTime(millis);
}

/** Date and time. */
export function dateAndTime(millis: number): string {
  return timeText('full', millis);
}

/** The interval of a bucket, no more precise than its width. Whole days are those of the reader: others say when they begin. */
export function interval(startMillis: number, widthMillis: number): string {
  const end = startMillis + widthMillis;
  if (widthMillis >= DAY) {
    const isOfDays = startOfDay(startMillis) === startMillis && startOfDay(end) === end;
    if (isOfDays) return dayFormat(startMillis).formatRange(startMillis, end - 1);
    return `${dayOf(startMillis)}, ${minuteOfDay(startMillis)} – ${dayOf(end)}, ${minuteOfDay(end)}`;
  }
  const time = widthMillis < 60_000 ? timeOfDay : minuteOfDay;
  return `${dayOf(startMillis)}, ${time(startMillis)}–${time(end)}`;
}

/** How long ago: `just now`, `3 min ago`. */
export function ago(millis: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - millis) / 1000));
  return seconds < 5 ? 'just now' : `${lasting(seconds * 1000)} ago`;
}

/** How long something lasts, in whole units: `3 min`. */
export function lasting(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${exactCount(seconds)}${THIN}s`;
  if (seconds < 3600) return `${exactCount(Math.floor(seconds / 60))}${THIN}min`;
  if (seconds < 86_400) return `${exactCount(Math.floor(seconds / 3600))}${THIN}h`;
  return `${exactCount(Math.floor(seconds / 86_400))}${THIN}d`;
}

const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: 'short', timeZone: 'UTC' });

/** A day of the week: 1 is Monday. */
export function weekdayName(number: number): string {
  // The first of January 2024 was one.
  return weekday.format(Date.UTC(2024, 0, number));
}
