import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Week } from '../../answers/latency.ts';
import { count, duration, exactCount, weekdayName } from '../../format.ts';
import { minutesAfterTheHour } from '../../local-time.ts';
import { TIME_ZONE } from '../../locale.ts';
import { usePage } from '../../page-context.ts';
import { useRead } from '../../hooks/use-read.ts';
import { Answered } from '../answered.tsx';
import { CsvButton } from '../controls/csv-button.tsx';
import { Panel } from '../panel.tsx';
import { shadeOf } from './heat-cells.ts';

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

type Hour = Week['hours'][number];

/** What can be shown of an hour. */
const FIGURES = { requests: 'Requests', p95: 'p95' } as const;
/** What the hour is that has the most of it. */
const SUPERLATIVES = { requests: 'Busiest', p95: 'Slowest' } as const;
type Figure = keyof typeof FIGURES;

/** How busy and how slow each hour of the week is, in the reader's time zone. */
export function WeekTable(): JSX.Element {
  const { span } = usePage();
  const [figure, setFigure] = useState<Figure>('requests');
  const read = useRead<Week>('api/week', {
    time_zone: TIME_ZONE,
  });
  const { value } = read;
  const hours = new Map((value?.hours ?? []).map((hour) => [hour.weekday * 24 + hour.hour, hour]));
  const [top] = [...hours.values()].toSorted((a, b) => (b[figure] ?? 0) - (a[figure] ?? 0));
  const minutes = minutesAfterTheHour(span.until);
  const largest = Math.max(1, top?.[figure] ?? 0);
  return (
    <Panel
      title="Hours of the week"
      class="week"
      outdated={read.outdated}
      aside={
        <>
          <CsvButton name="week" rows={rowsOf(value)} />
          <div class="segments" role="group" aria-label="Figure">
            {(Object.keys(FIGURES) as Figure[]).map((each) => (
              <button type="button" key={each} aria-pressed={each === figure} onClick={() => setFigure(each)}>
                {FIGURES[each]}
              </button>
            ))}
          </div>
        </>
      }
    >
      <Answered read={read}>{() => <Hours hours={hours} figure={figure} largest={largest} />}</Answered>
      {top !== undefined && (
        <p class="muted small">
          {SUPERLATIVES[figure]}: {weekdayName(top.weekday)}, {clockOf(top.hour, minutes)}–
          {clockOf(top.hour + 1, minutes)}, {textOf(top, figure)}. In the time of {TIME_ZONE}
          {minutes > 0 && `; each hour begins at ${minutes} past`}.
        </p>
      )}
    </Panel>
  );
}

/** Each with its zone: a file does not know whose hours they are. */
function rowsOf(week: Week | undefined): readonly object[] {
  return week?.hours.map((hour) => ({ time_zone: week.time_zone, ...hour })) ?? [];
}

/** As in `9:00`; the day ends at `24:00`. */
function clockOf(hour: number, minutes: number): string {
  return `${minutes === 0 ? hour : hour % 24}:${String(minutes).padStart(2, '0')}`;
}

interface HoursProps {
  readonly hours: ReadonlyMap<number, Hour>;
  readonly figure: Figure;
  readonly largest: number;
}

function Hours({ hours, figure, largest }: HoursProps): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Hours of the week">
      <table aria-label="Hours of the week">
        <thead>
          <tr>
            <td />
            {HOURS.map((hour) => (
              <th scope="col" key={hour}>
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {WEEKDAYS.map((weekday) => (
            <tr key={weekday}>
              <th scope="row">{weekdayName(weekday)}</th>
              {HOURS.map((hour) => (
                <Cell key={hour} hour={hours.get(weekday * 24 + hour)} figure={figure} largest={largest} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function textOf(hour: Hour, figure: Figure): string {
  return figure === 'requests' ? requestsText(hour) : `p95 ${duration(hour.p95)}`;
}

function requestsText({ requests }: Hour): string {
  return `${exactCount(requests)} ${requests === 1 ? 'request' : 'requests'}`;
}

interface CellProps {
  readonly hour: Hour | undefined;
  readonly figure: Figure;
  readonly largest: number;
}

function Cell({ hour, figure, largest }: CellProps): JSX.Element {
  const value = hour?.[figure] ?? 0;
  const text = hour === undefined ? '' : figure === 'requests' ? count(hour.requests) : duration(hour.p95);
  const title =
    hour === undefined
      ? 'no requests'
      : `${requestsText(hour)}, p50 ${duration(hour.p50)}, p95 ${duration(hour.p95)}`;
  return (
    <td title={title}>
      <span class="shade" style={{ opacity: shadeOf(value, largest) }} aria-hidden="true" />
      <span class="unseen">{text}</span>
    </td>
  );
}
