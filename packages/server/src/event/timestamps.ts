/** How an instant is written, but for which days there are. */
export const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?(?:([Zz])|([+-]\d{2}):?(\d{2}))?$/;

/** What most clients write: `Date.parse` reads it as it is. */
const MILLIS_IN_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** 9999-12-31T23:59:59.999Z: the last instant that RFC 3339 can write. */
export const MAX_TIME_MILLIS = 253_402_300_799_999;

/** Instants that are taken, both included; milliseconds since the epoch. */
export interface TimeWindow {
  readonly earliest: number;
  readonly latest: number;
}

/** Every instant that can be written. */
export const ANY_TIME: TimeWindow = Object.freeze({ earliest: 0, latest: MAX_TIME_MILLIS });

/**
 * Reads an RFC 3339 date-time; digits below the millisecond are cut.
 *
 * Without an offset the time is taken as UTC (RFC 3339 demands one, but Python's `utcnow().isoformat()` writes none
 * and the contract says UTC).
 *
 * @returns milliseconds since the epoch, or `undefined` if the text is no such time or lies before 1970.
 */
export function parseRfc3339(text: string): number | undefined {
  const parsed = Date.parse(MILLIS_IN_UTC.test(text) ? text : normalised(text));
  return isTime(parsed) && isDay(text) ? parsed : undefined;
}

/** Whether the month of a time has its day: `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const day = text.slice(8, 10);
  if (day <= '28') return true;
  const lastOfMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0));
  return Number(day) <= lastOfMonth.getUTCDate();
}

/** With milliseconds and an offset; empty for what is no such time. */
function normalised(text: string): string {
  const match = RFC_3339.exec(text);
  if (match === null) return '';
  const [, date = '', time = '', fraction = '', , hours, minutes = '00'] = match;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const offset = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  return `${date}T${time}.${millis}${offset}`;
}

/** Reads an RFC 3339 date-time or whole milliseconds since the epoch, as the read API accepts them. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return parseRfc3339(text);
  const millis = Number(text);
  return isTime(millis) ? millis : undefined;
}

/** RFC 3339 in UTC with milliseconds. */
export function formatTime(millis: number): string {
  return new Date(millis).toISOString();
}

function isTime(millis: number): boolean {
  return millis >= 0 && millis <= MAX_TIME_MILLIS;
}
