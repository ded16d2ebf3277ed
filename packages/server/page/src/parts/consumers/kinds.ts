import type { ConsumerKind } from '../../answers/consumers.ts';
import type { FilterName } from '../../filter/filter.ts';

/** How one kind is called, and what filters by it. */
interface Kind {
  readonly title: string;
  readonly one: string;
  readonly many: string;
  readonly filter: FilterName;
}

/** By what requests are told apart by whom they are for. */
export const KINDS: Readonly<Record<ConsumerKind, Kind>> = {
  consumer: { title: 'Consumers', one: 'consumer', many: 'consumers', filter: 'consumer' },
  group: { title: 'Groups', one: 'group', many: 'groups', filter: 'consumer_group' },
  client: { title: 'Clients', one: 'client', many: 'clients', filter: 'source_ip' },
};
