import { readFileSync } from 'node:fs';

/** What one process used between two moments. */
export interface Usage {
  /** User and system time of all its threads. */
  readonly cpuMicros: number;
  /** The part of its main thread: what the application cannot use. NaN where the platform does not tell. */
  readonly mainMicros: number;
  readonly wallMicros: number;
}

/** Starts to measure this process; the result says what was used since. */
export function startMeter(): () => Usage {
  const main = mainThreadMicros();
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  return () => {
    const used = process.cpuUsage(cpu);
    return {
      cpuMicros: used.user + used.system,
      mainMicros: mainThreadMicros() - main,
      wallMicros: Number(process.hrtime.bigint() - wall) / 1e3,
    };
  };
}

interface ThreadUsage {
  threadCpuUsage?(): { readonly user: number; readonly system: number };
}

/** Node tells the time of a thread from 23.9 on; Linux tells it in nanoseconds in any case. */
function mainThreadMicros(): number {
  const usage = (process as ThreadUsage).threadCpuUsage?.();
  if (usage !== undefined) return usage.user + usage.system;
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e3;
  } catch {
    return NaN;
  }
}
