import { chipsOf } from '../filter/chips.ts';
import type { RuleBody } from './alert-types.ts';

/** Which requests are meant, in the words of the filter. */
export function filterText({ client_id: application, ...rest }: RuleBody['filter']): string {
  const chips = chipsOf(rest).map(({ label, value }) => `${label} ${value}`);
  return [...(application === undefined ? [] : [application]), ...chips].join(', ') || 'all';
}
