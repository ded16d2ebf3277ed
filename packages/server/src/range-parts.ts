import type { TimeRange } from './analytics.ts';

/** A range cut into parts of which no two overlap, and which are the whole range together. */
export interface RangeParts {
  /** For each length of a period, the stretches that such periods fill and no longer ones. An open end lies in them. */
  readonly whole: ReadonlyMap<number, readonly TimeRange[]>;
  /** From the first of these to the last, as far as the range goes; empty where there are none. */
  readonly aggregated: TimeRange;
  /** What no period fills, at both ends. */
  readonly rest: readonly TimeRange[];
}

/**
 * Cuts a range into whole periods, which begin at the multiples of their length since the epoch.
 *
 * @param periods - lengths, milliseconds, the longest first; each is a multiple of those behind it
 * @param isOpen - whether periods that the range's end cuts count as whole, for nothing of them lies behind it
 */
export function rangeParts(range: TimeRange, periods: readonly number[], isOpen = false): RangeParts {
  const whole = new Map<number, readonly TimeRange[]>();
  let rest: readonly TimeRange[] = [{ since: range.since, until: range.until }];
  for (const period of periods) {
    const cut = rest.map((stretch) => ({
      stretch,
      middle: middleOf(stretch, period, isOpen && stretch.until === range.until),
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
  const filled = [...whole.values()].flat();
  const aggregated = {
    since: Math.min(range.until, ...filled.map(({ since }) => since)),
    until: Math.min(range.until, Math.max(range.since, ...filled.map(({ until }) => until))),
  };
  return { whole, aggregated, rest: rest.filter((stretch) => !isEmpty(stretch)) };
}

/** The whole periods of a stretch. */
function middleOf({ since, until }: TimeRange, period: number, isOpen: boolean): TimeRange {
  const last = isOpen ? Math.ceil(until / period) : Math.floor(until / period);
  return { since: Math.ceil(since / period) * period, until: last * period };
}

function isEmpty({ since, until }: TimeRange): boolean {
  return since >= until;
}
