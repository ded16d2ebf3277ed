import { estimatedQuantile } from '../../../figures/latency-figures.ts';
import type { ConsumerMeasure } from '../../../questions/consumer-list.ts';
import { maybeText, text } from '../../../rows/values.ts';
import { unpacked } from '../../aggregates/packed-counts.ts';
import { Conditions } from '../../engine/conditions.ts';
import type { ReadRows } from '../../engine/reads.ts';

/** Texts that are taken apart at a time: what has come meanwhile is heard between. */
const TEXTS_AT_ONCE = 200;

/** A measure of all, as texts that {@link measureFrom} takes apart. */
export interface TakenApart {
  readonly name: ConsumerMeasure;
  /** SQL for a relation with the columns `value` and that of the measure's name. */
  readonly texts: string;
}

/** Whom requests are for, and a measure of each; `null` without latencies. */
export interface Measured {
  readonly values: readonly string[];
  readonly measures: readonly (number | null)[];
}

const FROM_TEXT: Readonly<Record<ConsumerMeasure, (text: string) => number | null>> = {
  p95: (latencies) => estimatedQuantile(unpacked(latencies), 0.95),
  endpoints: (digits) => new Set(digits.split(',')).size,
};

/** A measure from the text that aggregates have of it. */
export function measureFrom(name: ConsumerMeasure, cell: unknown): number | null {
  const given = maybeText(cell);
  return given === null ? null : FROM_TEXT[name](given);
}

/**
 * A measure of all, from texts that the database puts together and nobody takes apart there: in SQL that takes ten times as long.
 *
 * @param conditions - what the texts bind
 */
export async function measuredOfAll(
  rows: ReadRows,
  { name, texts }: TakenApart,
  conditions: Conditions,
): Promise<Measured> {
  await rows(
    conditions.query(`DECLARE measured NO SCROLL CURSOR FOR SELECT value, ${name} FROM ${texts} AS t`),
  );
  const fetch = new Conditions().query(`FETCH ${TEXTS_AT_ONCE} FROM measured`);
  const values: string[] = [];
  const measures: (number | null)[] = [];
  for (let found = await rows(fetch); found.length > 0; found = await rows(fetch))
    for (const row of found) {
      values.push(text(row['value']));
      measures.push(measureFrom(name, row[name]));
    }
  await rows(new Conditions().query('CLOSE measured'));
  return { values, measures };
}
