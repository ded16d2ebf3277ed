import type { StoredEvent } from '../../../event/event.ts';
import { MINUTE_COLUMNS, minuteRows, type MinuteValue } from '../aggregates/minute-rows.ts';
import { BinaryCopy } from '../engine/binary-copy.ts';

/** What {@link minutesCopy} is for. */
export const MINUTES_COPY: string = `COPY minutes (arrived, ${MINUTE_COLUMNS.map(({ name }) => name).join(', ')}) FROM STDIN (FORMAT binary)`;

type Write = (copy: BinaryCopy, value: MinuteValue) => void;

/** How values of each type that a minute has are written. */
const WRITERS: Readonly<Record<(typeof MINUTE_COLUMNS)[number]['type'], Write>> = {
  text: (copy, value) => copy.text(value as string),
  int4: (copy, value) => copy.int4(value as number),
  int8: (copy, value) => copy.int8(value as number),
  'int2[]': (copy, value) => copy.array('int2', value as readonly number[]),
  'int4[]': (copy, value) => copy.array('int4', value as readonly number[]),
};

const COLUMN_WRITERS = MINUTE_COLUMNS.map(({ type }) => WRITERS[type]);

/** What events of one day of arrival add to their minutes. */
export function minutesCopy(day: number, events: readonly StoredEvent[]): Buffer {
  const copy = new BinaryCopy();
  for (const row of minuteRows(events)) {
    copy.row(1 + row.length);
    copy.date(day);
    for (const [index, value] of row.entries()) COLUMN_WRITERS[index]?.(copy, value);
  }
  return copy.finish();
}
