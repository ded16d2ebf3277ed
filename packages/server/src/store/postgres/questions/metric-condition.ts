import { metricTexts, numberIn, type MetricCondition } from '../../filter/event-filter.ts';
import { METRICS_JSON } from '../aggregates/metric-sql.ts';
import { storable, type Conditions } from '../engine/conditions.ts';

/** Where no object is in another one and nothing is escaped, a member's value is behind its name, wherever that is. */
const IS_FLAT = String.raw`strpos(custom_data, '\') = 0 AND strpos(substr(custom_data, 2), '{') = 0`;

/** The text from the value on. */
const VALUE = 'substr(custom_data, strpos(custom_data, $metric_key) + length($metric_key))';

/** As nearly all numbers are written, and what ends them. */
const IS_PLAIN_NUMBER = `${VALUE} ~ '^-?[0-9]{1,15}([.][0-9]{1,20})?[,}]'`;
const PLAIN_NUMBER = `split_part(split_part(${VALUE}, ',', 1), '}', 1)::float8`;

/**
 * Adds what must hold of a metric. It is asked of each text of a range, millions of them: what is written as usual is not parsed, and
 * nothing is a sub-select, for which one process would have to read them all.
 */
export function withMetric(conditions: Conditions, metric: MetricCondition): void {
  const parsed = `jsonb_path_exists(${METRICS_JSON}::jsonb, $metric_path::jsonpath, '{}', true)`;
  conditions.value('metric_path', 'text', pathOf(metric));
  // What stands for a NUL is written otherwise.
  if (`${metric.name}${metric.equals ?? ''}`.includes('\u{FFFD}')) {
    conditions.and(parsed);
    return;
  }
  const texts = metricTexts(metric).map((text, index) => {
    conditions.value(`metric_text_${index}`, 'text', text);
    return `strpos(custom_data, $metric_text_${index}) > 0`;
  });
  const { isTold, holds } = ofFlatText(conditions, metric);
  conditions.and(
    `CASE WHEN NOT (${texts.join(' OR ')}) THEN false WHEN ${isTold} THEN ${holds} ELSE ${parsed} END`,
  );
}

/** Which of the texts that may be meant need not be parsed, and what must hold of these. */
function ofFlatText(
  conditions: Conditions,
  { name, equals, from, to }: MetricCondition,
): { readonly isTold: string; readonly holds: string } {
  if (from === undefined && to === undefined && equals !== undefined)
    return { isTold: IS_FLAT, holds: 'true' };
  conditions.value('metric_key', 'text', `${JSON.stringify(name)}:`);
  const bounds = [
    ...boundSql(conditions, 'metric_from', '>=', from),
    ...boundSql(conditions, 'metric_to', '<=', to),
  ];
  if (bounds.length === 0) return { isTold: IS_FLAT, holds: `NOT starts_with(${VALUE}, 'null')` };
  return { isTold: `${IS_FLAT} AND ${IS_PLAIN_NUMBER}`, holds: bounds.join(' AND ') };
}

function boundSql(
  conditions: Conditions,
  name: string,
  comparison: string,
  bound: number | undefined,
): readonly string[] {
  if (bound === undefined) return [];
  conditions.value(name, 'float8', bound);
  return [`${PLAIN_NUMBER} ${comparison} $${name}`];
}

/** What must hold, for PostgreSQL's `jsonpath`. Numbers are compared as they are written: of two doubles, the less one is written as less. */
function pathOf({ name, equals, from, to }: MetricCondition): string {
  const wanted = ['@.type() != "null"'];
  if (equals !== undefined) {
    const number = numberIn(equals);
    const alternatives = [
      textOf(equals),
      ...(equals === 'true' || equals === 'false' ? [equals] : []),
      ...(number === undefined ? [] : [JSON.stringify(number)]),
    ];
    wanted.push(`(${alternatives.map((alternative) => `@ == ${alternative}`).join(' || ')})`);
  }
  if (from !== undefined) wanted.push(`@ >= ${JSON.stringify(from)}`);
  if (to !== undefined) wanted.push(`@ <= ${JSON.stringify(to)}`);
  return `strict $.${textOf(name)} ? (${wanted.join(' && ')})`;
}

function textOf(text: string): string {
  return JSON.stringify(storable(text).toWellFormed());
}
