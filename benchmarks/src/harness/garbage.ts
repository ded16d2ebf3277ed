import { PerformanceObserver } from 'node:perf_hooks';

/** Starts to measure what the garbage collector takes of this process; the result says how many microseconds it took since. */
export function startGarbageMeter(): () => number {
  let millis = 0;
  const add = (entries: readonly { readonly duration: number }[]): void => {
    for (const { duration } of entries) millis += duration;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    add(observer.takeRecords());
    observer.disconnect();
    return millis * 1000;
  };
}
