import type { TimeRange } from '../questions/analytics-filter.ts';

/** A range cut into parts of which no two overlap, and which are the whole range together. */
export interface RangeParts {
  /** For each length of a period, the stretches that such periods fill and no longer ones. An open end lies in them. */
  readonly whole: ReadonlyMap<number, readonly TimeRange[]>;
  /** What no period fills, at both ends. */
  readonly rest: readonly TimeRange[];
}

/**
 * Cuts a range into whole periods, which begin at the multiples of their length since the epoch.
 *
 * @param periods - lengths, milliseconds, the longest first; each is a multiple of those behind it
 * @param isOpen - whether the period of a length that the range's end cuts counts as whole, for nothing of it lies behind it
 */
export function rangeParts(
  range: TimeRange,
  periods: readonly number[],
  isOpen: (period: number) => boolean = () => false,
): RangeParts {
  const whole = new Map<number, readonly TimeRange[]>();
  let rest: readonly TimeRange[] = [{ since: range.since, until: range.until }];
  for (const period of periods) {
    const cut = rest.map((stretch) => ({
      stretch,
      middle: middleOf(stretch, period, stretch.until === range.until && isOpen(period)),
    }));
    whole.set(
      period,
      cut.map(({ middle }) => middle).filter((middle) => !isEmpty(middle)),
    );
    rest = cut.flatMap(({ stretch, middle }) =>
      isEmpty(middle)
        ? [stretch]
        : [
            { since: stretch.since, until: middle.since },
            { since: middle.until, until: stretch.until },
          ],
    );
  }
  return { whole, rest: rest.filter((stretch) => !isEmpty(stretch)) };
}

/** The whole periods of a stretch. */
function middleOf({ since, until }: TimeRange, period: number, isOpen: boolean): TimeRange {
  const last = isOpen ? Math.ceil(until / period) : Math.floor(until / period);
  return { since: Math.ceil(since / period) * period, until: last * period };
}

function isEmpty({ since, until }: TimeRange): boolean {
  return since >= until;
}
