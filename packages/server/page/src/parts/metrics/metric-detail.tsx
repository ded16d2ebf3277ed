import type { JSX } from 'preact';

import type { MetricDetail } from '../../answers/metrics.ts';
import { metricChange } from '../../filter/filter.ts';
import { exactCount, share } from '../../format.ts';
import { valueText } from '../../metric-text.ts';
import { useNarrowing } from '../../page-context.ts';
import { useRead } from '../../hooks/use-read.ts';
import { BarList, type BarItem } from '../bar-list.tsx';
import { Link } from '../link.tsx';
import { Loading } from '../loading.tsx';
import { MetricGroups } from './metric-groups.tsx';
import { MetricNumbersChart } from './metric-numbers.tsx';
import { Panel } from '../panel.tsx';
import { RefusedLine } from '../refused.tsx';

interface MetricDetailPanelProps {
  readonly name: string;
  /** Also each endpoint's; by default true. */
  readonly byEndpoint?: boolean;
}

/** One custom metric: numbers over time and as a distribution, other values as shares. */
export function MetricDetailPanel({ name, byEndpoint = true }: MetricDetailPanelProps): JSX.Element {
  const { to } = useNarrowing();
  const params = { name, group: byEndpoint ? 'endpoint' : undefined };
  const {
    value: detail,
    outdated,
    refused,
    again,
  } = useRead<MetricDetail>('api/custom-metrics/detail', params);
  if (refused !== undefined)
    return (
      <Panel title={name} class="metric-detail">
        <RefusedLine why={refused} again={again} />
      </Panel>
    );
  if (detail === undefined) return <Loading />;
  const shares = sharesOf(detail, to);
  return (
    <Panel
      title={detail.name}
      class="metric-detail"
      outdated={outdated}
      aside={
        <span class="muted">
          in{' '}
          <Link to={to({ metric: name }, { view: 'requests', columns: [name] })}>
            {exactCount(detail.events)} {detail.events === 1 ? 'request' : 'requests'}
          </Link>
          , {share(detail.coverage, 1)}
        </span>
      }
    >
      {detail.numbers === null && shares.length === 0 && (
        <p class="empty-line">
          {detail.events === 0
            ? 'No request here has it.'
            : 'Its values are lists: they are not added up, but each is in its event.'}
        </p>
      )}
      {detail.numbers !== null && (
        <MetricNumbersChart name={name} numbers={detail.numbers} width={detail.bucket_millis} />
      )}
      {shares.length > 0 && <BarList items={shares} empty="" />}
      {detail.groups !== undefined && detail.groups.length > 0 && <MetricGroups groups={detail.groups} />}
    </Panel>
  );
}

type Narrowing = ReturnType<typeof useNarrowing>;

function sharesOf({ name, shares, others = 0 }: MetricDetail, to: Narrowing['to']): BarItem[] {
  const items = shares.map(({ value, count }): BarItem => {
    const change = metricChange(name, value);
    return {
      key: JSON.stringify(value),
      label: typeof value === 'boolean' ? <code>{String(value)}</code> : <bdi>{valueText(value)}</bdi>,
      value: count,
      ...(change && { to: to(change), requests: to(change, { view: 'requests', columns: [name] }) }),
    };
  });
  if (others === 0) return items;
  return [
    ...items,
    { key: 'others', label: <span class="muted">others</span>, value: others, colour: 'dim' },
  ];
}
