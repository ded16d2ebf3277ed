import type { JSX } from 'preact';

import type { LatencySpread } from '../../answers/latency.ts';
import { chosenEndpoint } from '../../endpoint-threshold.ts';
import { count, decimal, duration, exactCount } from '../../format.ts';
import { countedBetween } from '../../filter/number-range.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import { DEFAULT_THRESHOLD } from '../../url-state.ts';
import { BarList, type BarItem } from '../bar-list.tsx';
import { Panel } from '../panel.tsx';
import { OwnThreshold } from './own-threshold.tsx';

const THRESHOLDS = [50, 100, 200, 300, 500, 1000, 2000, 5000];

interface ApdexProps {
  readonly spread: LatencySpread;
  readonly outdated: boolean;
  /** The endpoint got another threshold. */
  readonly onChanged: () => void;
}

/** Of latencies, milliseconds. */
interface Bounds {
  readonly from?: number;
  readonly to?: number;
}

/** How many requests are fast enough, by a threshold of the reader, or of the endpoint. */
export function Apdex({ spread: { apdex }, outdated, onChanged }: ApdexProps): JSX.Element {
  const { state, go } = usePage();
  const { to } = useNarrowing();
  const { threshold_ms: threshold, own_threshold_ms: own } = apdex;
  const { satisfied_to_ms: fine, tolerating_to_ms: bearable } = apdex;
  const thresholds = [...new Set([...THRESHOLDS, state.threshold ?? DEFAULT_THRESHOLD])].toSorted(
    (a, b) => a - b,
  );
  const endpoint = chosenEndpoint(state);
  const item = (name: string, requests: number, colour: string, { from, to: end }: Bounds): BarItem => ({
    key: name,
    label: name,
    value: requests,
    colour,
    requests: to(countedBetween(from, end), { view: 'requests', order: 'slowest' }),
  });
  return (
    <Panel
      title="Apdex"
      outdated={outdated}
      aside={
        <label class="field">
          <span>Fast enough</span>
          <select
            value={String(state.threshold ?? '')}
            onChange={({ currentTarget }) =>
              go({ threshold: Number(currentTarget.value) || undefined }, true)
            }
          >
            <option value="">
              {own === null ? `${duration(DEFAULT_THRESHOLD)}, by default` : `${duration(own)}, its own`}
            </option>
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
          item(`up to ${duration(threshold)}`, apdex.satisfied, 's-2xx', { to: fine }),
          item(`up to ${duration(4 * threshold)}`, apdex.tolerating, 's-4xx', {
            from: fine,
            to: bearable,
          }),
          item('above', apdex.frustrated, 's-5xx', { from: bearable }),
        ]}
        empty=""
      />
      <p class="muted small">Up to the threshold a request counts whole, up to four times as much half.</p>
      {endpoint !== undefined && (
        <OwnThreshold
          key={JSON.stringify(endpoint)}
          endpoint={endpoint}
          own={own}
          onChanged={() => {
            go({ threshold: undefined }, true);
            onChanged();
          }}
        />
      )}
    </Panel>
  );
}
