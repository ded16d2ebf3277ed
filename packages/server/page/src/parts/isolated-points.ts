import type uPlot from 'uplot';

/** Shows values without a neighbour as points: a line takes two. */
export function isolatedPoints(fill: string): uPlot.Series.Points {
  return {
    show: true,
    size: 5,
    width: 0,
    fill,
    filter: (plot, series) => isolated(plot.data[series] ?? []),
  };
}

/** Indexes of values that stand between gaps. */
export function isolated(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const [before, here, after] = [values[index - 1], values[index], values[index + 1]];
    if (typeof here === 'number' && typeof before !== 'number' && typeof after !== 'number')
      found.push(index);
  }
  return found;
}
