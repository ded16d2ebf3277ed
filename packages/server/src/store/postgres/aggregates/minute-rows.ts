import type { StoredEvent } from '../../../event/event.ts';
import { countByMinute } from '../../minute-counts.ts';
export type MinuteValue = string | number | readonly (string | number)[];
export const MINUTE_COLUMNS: readonly {
  readonly name: string;
  readonly type: 'text' | 'int4' | 'int8' | 'int2[]' | 'int4[]' | 'text[]';
}[] = [
  { name: 'start', type: 'int8' },
  { name: 'client_id', type: 'text' },
  { name: 'method', type: 'text' },
  { name: 'endpoint', type: 'text' },
  { name: 'counts', type: 'int4[]' },
];
export function minuteRows(events: readonly StoredEvent[]): readonly (readonly MinuteValue[])[] {
  return countByMinute(events).map((each) => [
    each.start,
    each.clientId,
    each.method,
    each.endpoint,
    [...each.latencies.values()],
  ]);
}
