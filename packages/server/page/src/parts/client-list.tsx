import type { JSX } from 'preact';

import type { Clients } from '../api-types.ts';
import { count } from '../format.ts';
import { useRead } from '../use-read.ts';
import { BarList } from './bar-list.tsx';
import { Panel } from './panel.tsx';

interface ClientListProps {
  /** What the shares are of. */
  readonly requests: number;
  /** Only those of one endpoint. */
  readonly only?: { readonly method?: string | undefined; readonly endpoint?: string | undefined };
}

const LIMIT = 8;
/** Enough to tell pseudonyms apart; the whole one is in the title. */
const SHOWN_DIGITS = 10;

/** The busiest clients, by their pseudonyms. */
export function ClientList({ requests, only = {} }: ClientListProps): JSX.Element {
  const { value, outdated } = useRead<Clients>('api/clients', { ...only, limit: LIMIT });
  const items = (value?.clients ?? []).map((client) => ({
    key: client.source_ip,
    label: <code title={client.source_ip}>{client.source_ip.slice(0, SHOWN_DIGITS)}</code>,
    value: client.requests,
    ...(client.errors > 0 && { note: `${count(client.errors)} ${client.errors === 1 ? 'error' : 'errors'}` }),
  }));
  return (
    <Panel title="Top clients" outdated={outdated}>
      <BarList items={items} total={requests} empty="No request here has a pseudonym of its client." />
    </Panel>
  );
}
