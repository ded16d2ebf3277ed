import type { JSX } from 'preact';

import { exactCount } from '../format.ts';
import { filtered } from '../live-list.ts';
import { usePage } from '../page-context.ts';
import { CsvButton } from '../parts/controls/csv-button.tsx';
import { EventTable } from '../parts/events/event-table.tsx';
import { RefusedLine } from '../parts/refused.tsx';
import { useLive } from '../hooks/use-live.ts';

/** Most rows that are drawn; the words are looked for in more. */
const MAX_ROWS = 200;

/** Requests as they are stored. */
export function LiveView(): JSX.Element {
  const { state, go } = usePage();
  const { list, isConnected, isPaused, setPaused, refused, again } = useLive();
  const shown = filtered(list, state.words);
  return (
    <>
      <div class="live-bar">
        <label class="field grow">
          <span class="unseen">Words</span>
          <input
            type="search"
            placeholder="Words: path, method, 5xx, metric, trace…"
            value={state.words}
            onInput={({ currentTarget }) => go({ words: currentTarget.value }, true)}
          />
        </label>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? `Go on${list.waiting.length > 0 ? ` (${list.waiting.length} new)` : ''}` : 'Pause'}
        </button>
        <CsvButton name="live" rows={shown.slice(0, MAX_ROWS)} />
        <span role="status" class={isConnected ? 'pulse on' : 'pulse'}>
          {isConnected ? 'Connected' : 'Not connected'}
        </span>
      </div>
      <section class="panel flush" aria-label="Requests">
        <EventTable events={shown.slice(0, MAX_ROWS)} label="Requests as they are stored, newest first" />
        {refused !== undefined && <RefusedLine why={refused} again={again} />}
        {shown.length === 0 && refused === undefined && (
          <p class="empty-line">
            {list.events.length === 0 ? 'Waiting for the first request.' : 'No request has these words.'}
          </p>
        )}
        {list.missed > 0 && (
          <p class="rest">{exactCount(list.missed)} more were stored than can be shown here.</p>
        )}
      </section>
    </>
  );
}
