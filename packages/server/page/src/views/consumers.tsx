import type { JSX } from 'preact';

import type { ConsumerKind, Consumers } from '../answers/consumers.ts';
import { exactCount } from '../format.ts';
import { isEverything } from '../filter/filter.ts';
import { usePage } from '../page-context.ts';
import { AnsweredView } from '../parts/answered.tsx';
import { CsvButton } from '../parts/controls/csv-button.tsx';
import { ConsumerTable } from '../parts/consumers/consumer-table.tsx';
import { HowToName } from '../parts/consumers/how-to-name.tsx';
import { KINDS } from '../parts/consumers/kinds.ts';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Panel } from '../parts/panel.tsx';
import { SearchField } from '../parts/controls/search-field.tsx';
import { useRead } from '../hooks/use-read.ts';
import { useSearch } from '../hooks/use-search.ts';

const LIMIT = 50;

/** Whom the requests under the filter are for: consumers, their groups, or pseudonymous clients. */
export function ConsumersView(): JSX.Element {
  const { state, go } = usePage();
  return (
    <>
      <div class="request-bar">
        <div class="segments" role="group" aria-label="By">
          {Object.entries(KINDS).map(([kind, { title }]) => (
            <button
              type="button"
              key={kind}
              aria-pressed={kind === state.by}
              onClick={() => go({ by: kind as ConsumerKind })}
            >
              {title}
            </button>
          ))}
        </div>
      </div>
      <ConsumerList key={state.by} />
    </>
  );
}

function ConsumerList(): JSX.Element {
  const { state } = usePage();
  const { search, setSearch, wasUsed } = useSearch();
  const read = useRead<Consumers>('api/consumers', {
    by: state.by,
    sort: state.consumerSort,
    q: search || undefined,
    limit: LIMIT,
  });
  const { many } = KINDS[state.by];
  const mayBeUnnamed = state.by !== 'client' && isEverything(state.filter);
  return (
    <AnsweredView
      read={read}
      isEmpty={({ total }) => total === 0 && search === '' && !(wasUsed && read.outdated)}
      empty={() => (mayBeUnnamed ? <HowToName what={many} /> : <NothingHere what={`requests of ${many}`} />)}
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
  readonly value: Consumers;
  readonly outdated: boolean;
  /** Undefined where nothing was searched for. */
  readonly search: string | undefined;
  readonly onSearch: (search: string) => void;
}

function Listed({ value, outdated, search, onSearch }: ListedProps): JSX.Element {
  const { title, one, many } = KINDS[usePage().state.by];
  const rest = value.total - value.consumers.length;
  return (
    <Panel
      title={title}
      class="flush"
      outdated={outdated}
      aside={
        <>
          <span class="muted" role="status">
            {exactCount(value.total)} {value.total === 1 ? one : many}
            {value.new !== null &&
              `, ${exactCount(value.new)} new, ${exactCount(value.total - value.new)} returning`}
          </span>
          {(search !== undefined || rest > 0) && (
            <SearchField of={many} value={search ?? ''} onSearch={onSearch} />
          )}
          <CsvButton name={many} rows={value.consumers} />
        </>
      }
    >
      {value.total === 0 ? <p class="empty-line">Nobody here is called so.</p> : <ConsumerTable {...value} />}
      {rest > 0 && (
        <p class="rest">
          {exactCount(rest)} more {many}
        </p>
      )}
      <p class="rest">
        {value.new === null
          ? 'Who is new is not known: the range of equal length before was not kept as a whole. '
          : 'New is who asked for nothing in the range of equal length before. '}
        First and last are of this range.
      </p>
    </Panel>
  );
}
