const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Ranges that end now. */
export const PRESETS = ['15m', '1h', '24h', '7d', '30d'] as const;

/** A range that ends now. */
export type Preset = (typeof PRESETS)[number];

const WIDTHS: Readonly<Record<Preset, number>> = {
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
};

const NAMES: Readonly<Record<Preset, string>> = {
  '15m': '15 minutes',
  '1h': 'hour',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
};

/** What the reader looks at: up to now, or between two instants (milliseconds since the epoch). */
export type TimeRange = { readonly preset: Preset } | { readonly since: number; readonly until: number };

/** Two instants, half-open, in milliseconds since the epoch. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

export const DEFAULT_RANGE: TimeRange = { preset: '24h' };

export function isPreset(text: string): text is Preset {
  return (PRESETS as readonly string[]).includes(text);
}

/** The last instant that the server takes: the end of the year 9999. */
const LAST_INSTANT = 253_402_300_799_999;

/** Whether the server takes that: there are no times before 1970 and after 9999. `NaN` is none. */
export function isSpan({ since, until }: Span): boolean {
  return since >= 0 && since < until && until <= LAST_INSTANT;
}

/** The instants that are meant at a moment. */
export function spanAt(range: TimeRange, now: number): Span {
  if (!('preset' in range)) return range;
  return { since: now - WIDTHS[range.preset], until: now };
}

/** How often a range that ends now is asked for again: a bucket's width or so, in milliseconds. */
export function refreshMillis(range: TimeRange): number | undefined {
  if (!('preset' in range)) return undefined;
  return range.preset === '15m' || range.preset === '1h' ? 5000 : 30_000;
}

/** The next wider range; the widest has none. */
export function widerPreset(range: TimeRange): Preset | undefined {
  const width = 'preset' in range ? WIDTHS[range.preset] : range.until - range.since;
  return PRESETS.find((preset) => WIDTHS[preset] > width);
}

/** As in "the last 24 hours". */
export function nameOf(preset: Preset): string {
  return NAMES[preset];
}
