import type { JSX } from 'preact';

/** The mark beside the name. */
export function Mark(): JSX.Element {
  return (
    <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" class="mark" />
      <path d="M9 17v6M16 9v14M23 13v10" stroke="#fff" stroke-width="4" stroke-linecap="round" />
    </svg>
  );
}
