import type { JSX } from 'preact';

/** Until the first answer is there. Seen only if that takes a moment. */
export function Loading(): JSX.Element {
  return <p class="loading">Loading…</p>;
}
