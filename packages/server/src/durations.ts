/** Lengths of time in milliseconds. */
export const SECOND_MILLIS = 1000;
export const MINUTE_MILLIS: number = 60 * SECOND_MILLIS;
export const HOUR_MILLIS: number = 60 * MINUTE_MILLIS;
export const DAY_MILLIS: number = 24 * HOUR_MILLIS;
