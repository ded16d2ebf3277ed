import type { JSX } from 'preact';

import type { LatencySpread } from '../../figure-types.ts';
import { count, decimal, duration, exactCount } from '../../format.ts';
import { numberText } from '../../filter/filter.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import { BarList, type BarItem } from '../bar-list.tsx';
import { Panel } from '../panel.tsx';

const THRESHOLDS = [50, 100, 200, 300, 500, 1000, 2000, 5000];

interface ApdexProps {
  readonly spread: LatencySpread;
  readonly outdated: boolean;
}

/** How many requests are fast enough. */
export function Apdex({ spread: { apdex }, outdated }: ApdexProps): JSX.Element {
  const { state, go } = usePage();
  const { to } = useNarrowing();
  const { threshold_ms: threshold } = apdex;
  const thresholds = [...new Set([...THRESHOLDS, state.threshold])].toSorted((a, b) => a - b);
  const item = (name: string, requests: number, colour: string, from: number): BarItem => ({
    key: name,
    label: name,
    value: requests,
    colour,
    ...(from > 0 && {
      requests: to({ latency_ms_min: numberText(from) }, { view: 'requests', order: 'slowest' }),
    }),
  });
  return (
    <Panel
      title="Apdex"
      outdated={outdated}
      aside={
        <label class="field">
          <span>Fast enough</span>
          <select
            value={String(state.threshold)}
            onChange={({ currentTarget }) => go({ threshold: Number(currentTarget.value) }, true)}
          >
            {thresholds.map((millis) => (
              <option key={millis} value={String(millis)}>
                {duration(millis)}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <p class="apdex">
        <b>{apdex.score === null ? '–' : decimal(apdex.score)}</b>{' '}
        <span class="muted" title={exactCount(apdex.satisfied)}>
          {count(apdex.satisfied)} of {count(apdex.satisfied + apdex.tolerating + apdex.frustrated)} within{' '}
          {duration(threshold)}
        </span>
      </p>
      <BarList
        items={[
          item(`up to ${duration(threshold)}`, apdex.satisfied, 's-2xx', 0),
          item(`up to ${duration(4 * threshold)}`, apdex.tolerating, 's-4xx', threshold),
          item('above', apdex.frustrated, 's-5xx', 4 * threshold),
        ]}
        empty=""
      />
      <p class="muted small">Up to the threshold a request counts whole, up to four times as much half.</p>
    </Panel>
  );
}
