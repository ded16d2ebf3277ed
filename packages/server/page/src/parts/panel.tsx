import { createContext, type ComponentChildren, type Context, type JSX } from 'preact';
import { useContext, useId } from 'preact/hooks';

/** Whether panels are inside of a landmark of their own: those of two sides have the same titles, and landmarks must not. */
export const WithinLandmark: Context<boolean> = createContext(false);

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
  const role = useContext(WithinLandmark) ? 'group' : undefined;
  return (
    <section class={`panel ${extra}`} role={role} aria-labelledby={id} aria-busy={outdated}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
