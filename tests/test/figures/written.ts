// How the page writes numbers, in English. Its narrow spaces are plain ones here.

const english = (value: number, digits: Intl.NumberFormatOptions = {}): string =>
  value.toLocaleString('en-GB', digits);

/** A number of requests below 100,000. */
export function count(value: number): string {
  return english(value);
}

/** With three significant digits, of the twelve that answers have. */
export function decimal(value: number | null): string {
  if (value === null) return '–';
  return english(Number(value.toPrecision(12)), { maximumSignificantDigits: 3 });
}

/** A figure in milliseconds, of which answers have three digits behind the point. */
export function duration(millis: number | null): string {
  return exactDuration(millis === null ? null : Math.round(millis * 1000) / 1000);
}

/** Milliseconds of a single request, in the unit that suits. */
export function exactDuration(millis: number | null): string {
  if (millis === null) return '–';
  if (millis < 1000) return `${decimal(millis)} ms`;
  return millis < 60_000 ? `${decimal(millis / 1000)} s` : `${decimal(millis / 60_000)} min`;
}

/** A part of a whole, per cent. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  if (percent === 0) return '0 %';
  if (percent < 0.01) return '< 0.01 %';
  const digits = percent < 1 ? 2 : percent < 10 ? 1 : 0;
  return `${english(percent, { minimumFractionDigits: digits, maximumFractionDigits: digits })} %`;
}

/** The name of an endpoint: what was inferred from paths says so. */
export function endpoint(method: string | null, name: string): string {
  const shown = name.startsWith('~/') ? `${name.slice(1)} inferred` : name;
  return method === null ? shown : `${method} ${shown}`;
}
