import { DAY_MILLIS } from '../../../durations.ts';
import { countOne } from '../../../nested-maps.ts';
import { periodMillis, type RollupTable } from './rollup-tables.ts';

/** Periods whose rows are to be put together. */
export interface DuePeriods {
  readonly table: RollupTable;
  /** Their begins, milliseconds since the epoch. */
  readonly starts: readonly number[];
}

/** Minutes get rows with every commit, hours and days with every step of the aggregation. */
const STEPS_UNTIL_DUE = { minute: 1, hour: 20, day: 20 } as const;

/** Most periods that are put together at once: bounds how long the statement is and what it holds in memory. */
const MOST_AT_ONCE = 500;

/** Periods that began so long ago get no more rows worth counting. */
const COUNTED_MILLIS = 2 * DAY_MILLIS;

/** Counts how often the periods of each table were added to since their rows were put together. */
export class PeriodAdditions {
  readonly #additions: ReadonlyMap<RollupTable, Map<number, number>>;

  constructor(tables: readonly RollupTable[]) {
    this.#additions = new Map(tables.map((table) => [table, new Map()]));
  }

  /** @param minutes - begins of the minutes that a step has added to, milliseconds */
  note(minutes: readonly number[]): void {
    for (const [table, additions] of this.#additions) {
      const period = periodMillis(table);
      const starts = new Set(minutes.map((minute) => Math.floor(minute / period) * period));
      for (const start of starts) countOne(additions, start);
    }
  }

  /** Some periods that were added to often enough. */
  due(): DuePeriods | undefined {
    for (const [table, additions] of this.#additions) {
      const starts = [...additions]
        .filter(([, count]) => count >= STEPS_UNTIL_DUE[table.period])
        .slice(0, MOST_AT_ONCE)
        .map(([start]) => start);
      if (starts.length > 0) return { table, starts };
    }
    return undefined;
  }

  /** Forgets periods that are long over and not due. */
  forgetOld(now: number): void {
    for (const additions of this.#additions.values()) {
      for (const start of additions.keys()) if (start < now - COUNTED_MILLIS) additions.delete(start);
    }
  }

  /** Counts these anew. */
  forget({ table, starts }: DuePeriods): void {
    for (const start of starts) this.#additions.get(table)?.delete(start);
  }
}
