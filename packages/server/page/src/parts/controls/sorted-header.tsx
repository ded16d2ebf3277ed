import type { ComponentChildren, JSX } from 'preact';

interface SortedHeaderProps {
  /** Whether rows are sorted by this column. */
  readonly isSorted: boolean;
  readonly isAscending?: boolean;
  readonly class: string;
  readonly onSort: () => void;
  readonly children: ComponentChildren;
}

/** The header of a column by which rows can be sorted. */
export function SortedHeader({
  isSorted,
  isAscending = false,
  class: extra,
  onSort,
  children,
}: SortedHeaderProps): JSX.Element {
  const order = isAscending ? 'ascending' : 'descending';
  return (
    <th scope="col" class={extra} aria-sort={isSorted ? order : undefined}>
      <button type="button" class="sort" onClick={onSort}>
        {children}
        {isSorted && <span aria-hidden="true">{isAscending ? ' ↑' : ' ↓'}</span>}
      </button>
    </th>
  );
}
