import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface PanelProps {
  readonly title: string;
  /** Beside the title: figures, a legend, a choice. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
  /** What is shown belongs to another question than the one that was asked. */
  readonly outdated?: boolean;
  readonly children: ComponentChildren;
}

/** A part of a view with its title. */
export function Panel({
  title,
  aside,
  class: extra = '',
  outdated = false,
  children,
}: PanelProps): JSX.Element {
  const id = useId();
  return (
    <section class={`panel ${extra}`} aria-labelledby={id} aria-busy={outdated}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
