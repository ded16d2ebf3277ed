import type { HrTime, TimeInput } from '@opentelemetry/api';

/** A time of OpenTelemetry's API in milliseconds since 1970: a small number is one of `performance.now()`. */
export function epochMillis(time: TimeInput): number {
  if (Array.isArray(time)) return time[0] * 1e3 + time[1] / 1e6;
  if (time instanceof Date) return time.getTime();
  return time <= performance.now() ? performance.timeOrigin + time : time;
}

/** Milliseconds as OpenTelemetry's SDK writes them. */
export function hrTimeOf(millis: number): HrTime {
  const seconds = Math.trunc(millis / 1e3);
  return [seconds, Math.round((millis - seconds * 1e3) * 1e6)];
}
