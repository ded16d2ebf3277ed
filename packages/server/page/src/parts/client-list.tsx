import type { JSX } from 'preact';

import type { Clients } from '../answers/clients.ts';
import { count } from '../format.ts';
import { useNarrowing, usePage } from '../page-context.ts';
import { useRead } from '../hooks/use-read.ts';
import { useSearch } from '../hooks/use-search.ts';
import { Answered } from './answered.tsx';
import { BarList } from './bar-list.tsx';
import { Link } from './link.tsx';
import { CsvButton } from './controls/csv-button.tsx';
import { Panel } from './panel.tsx';
import { SearchField } from './controls/search-field.tsx';

interface ClientListProps {
  /** What the shares are of. */
  readonly requests: number;
}

const LIMIT = 8;
/** Enough to tell pseudonyms apart; the whole one is in the title. */
const SHOWN_DIGITS = 10;

/** The busiest clients, by their pseudonyms, or those whose pseudonyms begin as is searched for. */
export function ClientList({ requests }: ClientListProps): JSX.Element {
  const { search, setSearch, wasUsed } = useSearch();
  const { canGo } = usePage();
  const { to } = useNarrowing();
  const prefix = search.trim();
  // Anything else the server refuses.
  const isPrefix = /^[0-9a-f]{0,64}$/i.test(prefix);
  const read = useRead<Clients>('api/clients', { q: prefix || undefined, limit: LIMIT }, isPrefix);
  const clients = isPrefix ? (read.value?.clients ?? []) : [];
  const items = clients.map((client) => ({
    key: client.source_ip,
    label: <code title={client.source_ip}>{client.source_ip.slice(0, SHOWN_DIGITS)}</code>,
    value: client.requests,
    to: to({ source_ip: client.source_ip }),
    requests: to({ source_ip: client.source_ip }, { view: 'requests' }),
    ...(client.errors > 0 && { note: `${count(client.errors)} ${client.errors === 1 ? 'error' : 'errors'}` }),
  }));
  const isMore = read.value?.more === true;
  return (
    <Panel
      title="Top clients"
      outdated={isPrefix && read.outdated}
      aside={
        <>
          {canGo({ view: 'consumers' }) && <Link to={{ view: 'consumers', by: 'client' }}>All clients</Link>}
          <CsvButton name="clients" rows={clients} />
          {(wasUsed || isMore) && <SearchField of="clients" value={search} onSearch={setSearch} />}
        </>
      }
    >
      {isPrefix ? (
        <Answered read={read}>
          {() => <BarList items={items} total={requests} empty={emptyText(prefix)} />}
        </Answered>
      ) : (
        <p class="empty-line">
          A pseudonym has up to 64 hex digits (0 to 9, a to f): search for the first of them.
        </p>
      )}
      {isPrefix && isMore && <p class="rest">There are more clients.</p>}
    </Panel>
  );
}

function emptyText(prefix: string): string {
  return prefix === ''
    ? 'No request here has a pseudonym of its client.'
    : 'No pseudonym here begins with that.';
}
