const GROUPED = new Intl.NumberFormat('en-US');

/** `12,345` */
export function count(value: number): string {
  return GROUPED.format(value);
}

/** `1.2 ms`, `340 ms`: two digits are enough to compare by. */
export function millis(value: number | null): string {
  if (value === null) return '–';
  return `${value < 10 ? value.toFixed(1) : GROUPED.format(Math.round(value))} ms`;
}

/** At most two decimals, none for an integer. */
export function decimal(value: number): string {
  return GROUPED.format(Math.round(value * 100) / 100);
}

/** `34 %` */
export function share(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.round((100 * part) / whole)} %`;
}
