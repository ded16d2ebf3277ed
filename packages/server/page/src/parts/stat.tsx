import type { JSX } from 'preact';

import type { Change } from '../format.ts';

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
}

const ARROWS = { up: '↑', down: '↓', same: '' } as const;
const WORDS = { up: 'up', down: 'down', same: 'unchanged' } as const;

/** One figure, and how it changed. */
export function Stat({ name, value, exact, change, bad, note }: StatProps): JSX.Element {
  const isBad = change !== undefined && change.isLarge && change.direction === bad;
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd class="value" title={exact}>
        {value}
      </dd>
      <dd class={isBad ? 'change bad' : 'change'}>
        {note ?? (change === undefined ? 'nothing before' : <ChangeText change={change} />)}
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
