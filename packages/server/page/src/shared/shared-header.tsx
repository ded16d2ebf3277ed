import type { JSX } from 'preact';

import type { SharedView } from '../answers/shares.ts';
import { chipTexts } from '../filter/chips.ts';
import { dateAndTime } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Mark } from '../parts/mark.tsx';
import { ThemeButton } from '../parts/controls/theme-button.tsx';
import { nameOf, type TimeRange } from '../time-range.ts';
import type { useTheme } from '../hooks/use-theme.ts';

interface SharedHeaderProps {
  readonly share: SharedView;
  readonly theme: ReturnType<typeof useTheme>;
}

/** What is shown, and until when. Nothing leads elsewhere. */
export function SharedHeader({ share, theme }: SharedHeaderProps): JSX.Element {
  const { range } = usePage().state;
  const only = chipTexts(share.filter);
  return (
    <header class="top">
      <div class="bar">
        <span class="wordmark">
          <Mark />
          Cerberus
        </span>
        <span class="end">
          <ThemeButton {...theme} />
        </span>
      </div>
      <p class="shared-line">
        <span>
          <bdi>{share.client_id ?? 'All applications'}</bdi>, {rangeText(range)}
        </span>
        {only.length > 0 && (
          <span>
            Only <bdi>{only.join(', ')}</bdi>
          </span>
        )}
        <span>
          Read-only, valid until{' '}
          <time dateTime={share.expires_at}>{dateAndTime(Date.parse(share.expires_at))}</time>
        </span>
      </p>
    </header>
  );
}

function rangeText(range: TimeRange): string {
  if ('preset' in range) return `the last ${nameOf(range.preset)}`;
  return `${dateAndTime(range.since)} to ${dateAndTime(range.until)}`;
}
