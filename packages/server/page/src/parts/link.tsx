import type { ComponentChildren, JSX } from 'preact';

import { usePage } from '../page-context.ts';
import type { UrlState } from '../url-state.ts';

interface LinkProps {
  readonly to: Partial<UrlState>;
  readonly current?: boolean;
  readonly class?: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/**
 * A link within the page: a real one, that opens in a new tab as any other, without loading the page again. Where it may not
 * lead, it is text.
 */
export function Link({ to, current = false, children, ...attributes }: LinkProps): JSX.Element {
  const { link, go, canGo } = usePage();
  if (!canGo(to)) return <span {...attributes}>{children}</span>;
  const onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
    scrollTo(0, 0);
  };
  return (
    <a {...attributes} href={link(to)} aria-current={current ? 'page' : undefined} onClick={onClick}>
      {children}
    </a>
  );
}
