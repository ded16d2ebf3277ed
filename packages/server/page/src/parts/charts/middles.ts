import type { Span } from '../../time-range.ts';

/**
 * The middles of buckets, for a line through them, in seconds since the epoch. The first and the last bucket may reach beyond the range; their
 * middles do not, for nobody would see them there.
 */
export function middles(
  series: readonly { readonly start: string }[],
  widthMillis: number,
  { since, until }: Span,
): number[] {
  return series.map(({ start }) => {
    const begin = Math.max(since, Date.parse(start));
    const end = Math.min(until, Date.parse(start) + widthMillis);
    return (begin + end) / 2000;
  });
}
