/** The clock of the reader's time zone, which stands still in no hour, but is set back in some and forward in others. */

const MINUTE = 60_000;
/** By so much clocks are set back: half an hour on Lord Howe Island, two in Antarctica. */
const SET_BACK = [30, 60, 120].map((minutes) => minutes * MINUTE);

/** Behind UTC, milliseconds. */
function behindAt(millis: number): number {
  return new Date(millis).getTimezoneOffset() * MINUTE;
}

/** Whether the clock shows the same as at an instant again after so many milliseconds. */
function showsAgain(millis: number, after: number): boolean {
  return behindAt(millis + after) - behindAt(millis) === after;
}

/** Whether the clock shows a time twice, as when daylight saving time ends. */
export function isTwice(millis: number): boolean {
  return SET_BACK.some((by) => showsAgain(millis, by) || showsAgain(millis - by, by));
}

/** When the day began that an instant is in. */
export function startOfDay(millis: number): number {
  return new Date(millis).setHours(0, 0, 0, 0);
}

/** What the clock shows, to the second, as a field for date and time wants it. */
export function clockText(millis: number): string {
  return new Date(Math.floor(millis / 1000) * 1000 - behindAt(millis)).toISOString().slice(0, 19);
}

/** When the clock shows that; the first time of two. `NaN` where it is none. */
export function firstInstant(text: string): number {
  return Date.parse(text);
}

/** The same, but the last time of two. */
export function lastInstant(text: string): number {
  const first = firstInstant(text);
  return first + (SET_BACK.find((by) => showsAgain(first, by)) ?? 0);
}

/** How many minutes after the hour an hour of UTC begins, as in Kathmandu. */
export function minutesAfterTheHour(millis: number): number {
  return (((-behindAt(millis) / MINUTE) % 60) + 60) % 60;
}
