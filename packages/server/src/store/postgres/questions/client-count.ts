import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import { isToldByKeys } from '../../filter/event-filter.ts';
import { CLIENT_KEY, SKETCH_PLACE, sketchedClientsSql } from '../aggregates/client-sketch.ts';
import { DAY_TOTALS, DAYS, HOUR_CLIENT_TOTALS, HOUR_TOTALS, HOURS } from '../aggregates/tables.ts';
import type { ReadRows } from '../engine/reads.ts';
import { number } from '../../rows/values.ts';
import { filtered } from './filter.ts';
import { tableOf } from './put-aside.ts';
import { isOfEndpoint } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

/**
 * How many clients there are in a range: of a short one exactly, of a longer one from sketches.
 *
 * @param mayEstimate - `false`: of a longer one exactly too
 */
export async function clientCount(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
  mayEstimate: boolean,
): Promise<number> {
  const ofEndpoint = isOfEndpoint(filter);
  // A sketch needs pseudonyms of all kinds: of those that begin alike it can tell few apart. Without aggregates it saves nothing.
  const isEstimated = mayEstimate && state.isLarge && isToldByKeys(filter);
  const range = rollupRange(filter, state, isEstimated ? [DAY_MILLIS, HOUR_MILLIS] : [HOUR_MILLIS]);
  const known = `(
    SELECT client FROM ${range.events(`source_ip, ${CLIENT_KEY} AS client`)} AS e WHERE source_ip IS NOT NULL)`;
  const sketched = (ofEndpoint ? [DAYS, HOURS] : [DAY_TOTALS, HOUR_TOTALS]).map((table) =>
    range.aggregated(table, 'unnest(sketch) AS place'),
  );
  const places = `(${sketched.join(' UNION ALL ')} UNION ALL SELECT ${SKETCH_PLACE} FROM ${known} AS k)`;
  const keys = `(${range.aggregated(HOUR_CLIENT_TOTALS, 'unnest(clients) AS client')} UNION ALL ${known})`;
  const [row] = await rows(range.conditions().query(sqlOf()));
  return number(row?.['clients']);

  function sqlOf(): string {
    if (isEstimated) return `SELECT clients FROM ${sketchedClientsSql(places)} AS estimated`;
    if (!ofEndpoint) return `SELECT count(*) AS clients FROM (SELECT FROM ${keys} AS k GROUP BY client) AS c`;
    const { where } = filtered(filter, state.daysOf(filter)).and('source_ip IS NOT NULL');
    return `SELECT count(*) AS clients FROM (SELECT FROM ${tableOf(filter)} ${where} GROUP BY source_ip) AS c`;
  }
}
