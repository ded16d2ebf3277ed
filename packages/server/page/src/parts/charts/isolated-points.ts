import type uPlot from 'uplot';

import { isolated } from './gaps.ts';

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
