import type { JSX } from 'preact';

import type { MetricDetail } from '../api-types.ts';
import { exactCount, share } from '../format.ts';
import { useRead } from '../use-read.ts';
import { BarList, type BarItem } from './bar-list.tsx';
import { Loading } from './loading.tsx';
import { MetricGroups } from './metric-groups.tsx';
import { MetricNumbersChart } from './metric-numbers.tsx';
import { Panel } from './panel.tsx';

interface MetricDetailPanelProps {
  readonly name: string;
  /** Only in requests to one endpoint; else it is shown by endpoint. */
  readonly only?: { readonly method?: string | undefined; readonly endpoint?: string | undefined };
}

/** One custom metric: numbers over time and as a distribution, other values as shares. */
export function MetricDetailPanel({ name, only }: MetricDetailPanelProps): JSX.Element {
  const params = { ...only, name, group: only === undefined ? 'endpoint' : undefined };
  const { value: detail, outdated } = useRead<MetricDetail>('api/custom-metrics/detail', params);
  if (detail === undefined) return <Loading />;
  const shares = sharesOf(detail);
  return (
    <Panel
      title={detail.name}
      class="metric-detail"
      outdated={outdated}
      aside={
        <span class="muted">
          in {exactCount(detail.events)} requests, {share(detail.coverage, 1)}
        </span>
      }
    >
      {detail.numbers === null && shares.length === 0 && (
        <p class="empty-line">Its values are lists: they are not added up, but each is in its event.</p>
      )}
      {detail.numbers !== null && <MetricNumbersChart numbers={detail.numbers} />}
      {shares.length > 0 && <BarList items={shares} empty="" />}
      {detail.groups !== undefined && detail.groups.length > 0 && <MetricGroups groups={detail.groups} />}
    </Panel>
  );
}

function sharesOf({ shares, others = 0 }: MetricDetail): BarItem[] {
  const items: BarItem[] = shares.map(({ value, count }) => ({
    key: JSON.stringify(value),
    label: typeof value === 'boolean' ? <code>{String(value)}</code> : <bdi>{value}</bdi>,
    value: count,
  }));
  if (others === 0) return items;
  return [
    ...items,
    { key: 'others', label: <span class="muted">others</span>, value: others, colour: 'dim' },
  ];
}
