/** How many values lie above `from` (in the first bin: at or above) and at or below `to`. */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}
