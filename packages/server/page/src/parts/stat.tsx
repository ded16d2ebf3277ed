import type { JSX } from 'preact';

import type { Change } from '../format.ts';
import type { UrlState } from '../url-state.ts';
import { Link } from './link.tsx';

interface StatProps {
  readonly name: string;
  readonly value: string;
  /** Every digit of a value that was shortened. */
  readonly exact?: string | undefined;
  readonly change?: Change | undefined;
  /** Which direction is a bad sign, if any. */
  readonly bad?: 'up' | 'down';
  /** A few words instead of a change. */
  readonly note?: string;
  /** Where a click on the value leads: what it was counted from. */
  readonly to?: Partial<UrlState> | undefined;
}

const ARROWS = { up: '↑', down: '↓', same: '' } as const;
const WORDS = { up: 'up', down: 'down', same: 'unchanged' } as const;

/** One figure, and how it changed. */
export function Stat({ name, value, exact, change, bad, note, to }: StatProps): JSX.Element {
  const isBad = change !== undefined && change.isLarge && change.direction === bad;
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd class="value" title={exact}>
        {to === undefined ? value : <Link to={to}>{value}</Link>}
      </dd>
      <dd class={isBad ? 'change bad' : 'change'}>
        {note ?? (change === undefined ? '\u00A0' : <ChangeText change={change} />)}
      </dd>
    </div>
  );
}

function ChangeText({ change: { direction, text } }: { readonly change: Change }): JSX.Element {
  return (
    <>
      <span aria-hidden="true">{ARROWS[direction]} </span>
      <span class="unseen">{WORDS[direction]} </span>
      {text}
    </>
  );
}
