/** A range of values and how many fell into it. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * The bars of a distribution, with empty ones where only the other one has any, so that both can be drawn over the same values. Bars of both
 * grow by one factor and join.
 */
export function commonBins(bars: readonly Bar[], beside: readonly Bar[]): readonly Bar[] {
  const empty = beside.map((bar) => ({ ...bar, count: 0 }));
  const byBegin = new Map([...empty, ...bars].map((bar) => [bar.from, bar]));
  const common: Bar[] = [];
  for (const bar of [...byBegin.values()].toSorted((a, b) => a.from - b.from)) {
    const factor = bar.to / bar.from;
    // What lies between two distributions that do not touch; half a bar is less than a rounding error of it.
    for (let from = common.at(-1)?.to ?? bar.from; from * Math.sqrt(factor) < bar.from; from *= factor)
      common.push({ from, to: from * factor, count: 0 });
    common.push(bar);
  }
  return common;
}
