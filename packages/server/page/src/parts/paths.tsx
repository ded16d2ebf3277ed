import type { JSX } from 'preact';

import type { Values } from '../answers/values.ts';
import { useNarrowing } from '../page-context.ts';
import { useRead } from '../hooks/use-read.ts';
import { useSearch } from '../hooks/use-search.ts';
import { Answered } from './answered.tsx';
import { BarList } from './bar-list.tsx';
import { CsvButton } from './controls/csv-button.tsx';
import { Panel } from './panel.tsx';
import { SearchField } from './controls/search-field.tsx';

const LIMIT = 20;

/** The paths that are listed under one name, with the most requests first. */
export function Paths(): JSX.Element {
  const { to } = useNarrowing();
  const { search, setSearch, wasUsed } = useSearch();
  const read = useRead<Values>('api/values', {
    of: 'path',
    q: search || undefined,
    limit: LIMIT,
  });
  const { value } = read;
  const items = (value?.values ?? []).map(({ value: path, requests }) => ({
    key: path,
    label: <bdi>{path}</bdi>,
    value: requests,
    to: to({ path }),
    requests: to({ path }, { view: 'requests' }),
  }));
  return (
    <Panel
      title="Paths"
      outdated={read.outdated}
      aside={
        <>
          <CsvButton name="paths" rows={value?.values ?? []} />
          {(wasUsed || value?.more === true) && (
            <SearchField of="paths" value={search} onSearch={setSearch} />
          )}
        </>
      }
    >
      <Answered read={read}>{() => <BarList items={items} empty="No path has this text." />}</Answered>
      {value?.more === true && <p class="rest">There are more paths.</p>}
    </Panel>
  );
}
