import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Week } from '../../answers/latency.ts';
import { count, duration, exactCount, weekdayName } from '../../format.ts';
import { useRead } from '../../hooks/use-read.ts';
import { Answered } from '../answered.tsx';
import { CsvButton } from '../csv-button.tsx';
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
  const [figure, setFigure] = useState<Figure>('requests');
  const read = useRead<Week>('api/week', {
    time_zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const { value } = read;
  const hours = new Map((value?.hours ?? []).map((hour) => [hour.weekday * 24 + hour.hour, hour]));
  const [top] = [...hours.values()].toSorted((a, b) => (b[figure] ?? 0) - (a[figure] ?? 0));
  const largest = Math.max(1, top?.[figure] ?? 0);
  return (
    <Panel
      title="Hours of the week"
      class="week"
      outdated={read.outdated}
      aside={
        <>
          <CsvButton name="week" rows={value?.hours ?? []} />
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
          {SUPERLATIVES[figure]}: {weekdayName(top.weekday)}, {top.hour}:00–{top.hour + 1}:00,{' '}
          {textOf(top, figure)}
        </p>
      )}
    </Panel>
  );
}

interface HoursProps {
  readonly hours: ReadonlyMap<number, Hour>;
  readonly figure: Figure;
  readonly largest: number;
}

function Hours({ hours, figure, largest }: HoursProps): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Hours of the week">
      <table>
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
  return figure === 'requests' ? `${exactCount(hour.requests)} requests` : `p95 ${duration(hour.p95)}`;
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
      : `${exactCount(hour.requests)} requests, p50 ${duration(hour.p50)}, p95 ${duration(hour.p95)}`;
  return (
    <td title={title}>
      <span class="shade" style={{ opacity: shadeOf(value, largest) }} aria-hidden="true" />
      <span class="unseen">{text}</span>
    </td>
  );
}
