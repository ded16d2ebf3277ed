import type { JSX } from 'preact';

import type { MetricRow, Metrics } from '../answers/metrics.ts';
import { count, exactCount, share } from '../format.ts';
import { usePage } from '../page-context.ts';
import { AnsweredView } from '../parts/answered.tsx';
import { Link } from '../parts/link.tsx';
import { MetricDetailPanel } from '../parts/metrics/metric-detail.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { SearchField } from '../parts/controls/search-field.tsx';
import { useRead } from '../hooks/use-read.ts';
import { useSearch } from '../hooks/use-search.ts';

/** The most frequent ones; the search finds the others. */
const LIMIT = 100;

/** The custom metrics that were seen, and one of them closely; or the one that a link is to. */
export function MetricsView(): JSX.Element {
  const only = usePage().session?.share?.metric ?? undefined;
  return only === undefined ? <AllMetrics /> : <MetricDetailPanel name={only} />;
}

function AllMetrics(): JSX.Element {
  const { search, setSearch, wasUsed } = useSearch();
  const read = useRead<Metrics>('api/custom-metrics', {
    q: search || undefined,
    limit: LIMIT,
  });
  return (
    <AnsweredView
      read={read}
      isEmpty={({ events, metrics }) =>
        events === 0 || (metrics.length === 0 && search === '' && !(wasUsed && read.outdated))
      }
      empty={({ events }) => (events === 0 ? <NothingHere what="requests" /> : <HowToSend />)}
    >
      {(value) => (
        <Listed
          value={value}
          outdated={read.outdated}
          search={wasUsed ? search : undefined}
          onSearch={setSearch}
        />
      )}
    </AnsweredView>
  );
}

interface ListedProps {
  readonly value: Metrics;
  readonly outdated: boolean;
  /** Undefined where nothing was searched for. */
  readonly search: string | undefined;
  readonly onSearch: (search: string) => void;
}

function Listed({ value, outdated, search, onSearch }: ListedProps): JSX.Element {
  const { state } = usePage();
  const selected = state.metric ?? state.filter.metric ?? value.metrics[0]?.name ?? '';
  return (
    <>
      <div class="split">
        <nav class="panel list" aria-label="Metrics" aria-busy={outdated}>
          {(search !== undefined || value.total > LIMIT) && (
            <SearchField of="metrics" value={search ?? ''} onSearch={onSearch} />
          )}
          <ul>
            {value.metrics.map((metric) => (
              <li key={metric.name}>
                <Link to={{ metric: metric.name }} current={metric.name === selected}>
                  <bdi class="name">{metric.name}</bdi>
                  <span class="type">{typesOf(metric)}</span>
                  <span class="meter" aria-hidden="true">
                    <span style={{ width: `${metric.coverage * 100}%` }} />
                  </span>
                  <span class="coverage">
                    {share(metric.coverage, 1)}{' '}
                    <span class="unseen">of requests, {count(metric.events)}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          {value.total > value.metrics.length && (
            <p class="rest">{exactCount(value.total - value.metrics.length)} more metrics</p>
          )}
        </nav>
        {selected !== '' && <MetricDetailPanel key={selected} name={selected} />}
      </div>
      <OpenRelease />
    </>
  );
}

/** The types of its values, the most frequent first. */
function typesOf({ types }: MetricRow): string {
  return Object.entries(types)
    .filter(([, events]) => events > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([type]) => type)
    .join(', ');
}

function HowToSend(): JSX.Element {
  return (
    <section class="panel connect">
      <h2>No metrics of your own yet</h2>
      <p>Your application adds a number, a text or a yes or no to a request like this:</p>
      <div class="snippet">
        <pre tabIndex={0}>
          <code>
            {"import { setMetric } from '@cerberus-otel/instrumentation';\n\nsetMetric('cache_hit', true);"}
          </code>
        </pre>
      </div>
    </section>
  );
}
