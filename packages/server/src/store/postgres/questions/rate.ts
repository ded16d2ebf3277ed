import { SECOND_MILLIS } from '../../../durations.ts';
import type { TimeRange } from '../../questions/analytics-filter.ts';
import type { EventFilter } from '../../filter/event-filter.ts';
import { number } from '../../rows/values.ts';
import type { RequestRate } from '../../questions/request-rate.ts';
import type { ReadRows, Reads } from '../engine/reads.ts';
import { filtered } from './filter.ts';
import { holdsMoreThan } from './stored-state.ts';

/** What began so lately is often on its way still. */
const UNDER_WAY_MILLIS = 2 * SECOND_MILLIS;

const USUAL_MILLIS = 10 * SECOND_MILLIS;

/** Where so many began in that time, a tenth of it tells as well. */
const MANY = 50_000;

/**
 * Requests per second of all servers on the database: those that began in the ten seconds until two seconds ago, or in one of them
 * where there are many. So each server answers the same.
 */
export class PostgresRate implements RequestRate {
  readonly #reads: Pick<Reads, 'inSnapshot'>;

  constructor(reads: Pick<Reads, 'inSnapshot'>) {
    this.#reads = reads;
  }

  perSecond(filter: EventFilter): Promise<number> {
    return this.#reads.inSnapshot(async (rows) => {
      const usual = before(USUAL_MILLIS);
      const range = (await holdsMoreThan(rows, usual, MANY)) ? before(SECOND_MILLIS) : usual;
      return (await countOf(rows, filter, range)) / ((range.until - range.since) / SECOND_MILLIS);
    });
  }
}

function before(millis: number): TimeRange {
  const until = Date.now() - UNDER_WAY_MILLIS;
  return { since: until - millis, until };
}

async function countOf(rows: ReadRows, filter: EventFilter, range: TimeRange): Promise<number> {
  const conditions = filtered({ ...filter, ...range });
  const [row] = await rows(conditions.query(`SELECT count(*) AS requests FROM events ${conditions.where}`));
  return number(row?.['requests']);
}
