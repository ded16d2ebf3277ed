import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { dateAndTime } from '../format.ts';
import { clockText, firstInstant, lastInstant } from '../local-time.ts';
import { usePage } from '../page-context.ts';
import { isSpan, PRESETS } from '../time-range.ts';

const SHORT = { '15m': '15 min', '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' } as const;

/** The range of time, and whether it is asked for again by itself. */
export function RangePicker(): JSX.Element {
  const { state, go } = usePage();
  const { range } = state;
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const preset = 'preset' in range ? range.preset : undefined;
  return (
    <>
      <div class="segments" role="group" aria-label="Time range">
        {PRESETS.map((each) => (
          <button
            type="button"
            key={each}
            aria-pressed={each === preset}
            aria-label={`Last ${SHORT[each]}`}
            onClick={() => {
              setOpen(false);
              go({ range: { preset: each } });
            }}
          >
            {SHORT[each]}
          </button>
        ))}
        <button
          type="button"
          ref={opener}
          aria-pressed={preset === undefined}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Custom
        </button>
      </div>
      {!('preset' in range) && (
        <span class="muted small">
          {dateAndTime(range.since)} – {dateAndTime(range.until)}
        </span>
      )}
      {preset !== undefined && (
        <label class="check">
          <input
            type="checkbox"
            checked={state.refresh}
            onChange={({ currentTarget }) => go({ refresh: currentTarget.checked }, true)}
          />
          <span>Refresh</span>
        </label>
      )}
      {isOpen && (
        <CustomRange
          // Of another range it says nothing.
          key={JSON.stringify(range)}
          onDone={() => {
            setOpen(false);
            opener.current?.focus();
          }}
        />
      )}
    </>
  );
}

function CustomRange({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { span, go } = usePage();
  const [before] = useState(span);
  // A part of a chart may be of seconds.
  const [texts] = useState({ since: clockText(span.since), until: clockText(span.until) });
  const [since, setSince] = useState(texts.since);
  const [until, setUntil] = useState(texts.until);
  // What nobody has changed stays as it is. Where the clock shows a time twice, the range is the longer one.
  const range = {
    since: since === texts.since ? before.since : firstInstant(since),
    until: until === texts.until ? before.until : lastInstant(until),
  };
  const isValid = isSpan(range);
  return (
    <form
      class="custom-range"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isValid) return;
        go({ range });
        onDone();
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onDone();
      }}
    >
      <label class="field">
        <span>From</span>
        <input
          type="datetime-local"
          step="1"
          value={since}
          aria-invalid={!isValid}
          onInput={({ currentTarget }) => setSince(currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>To</span>
        <input
          type="datetime-local"
          step="1"
          value={until}
          aria-invalid={!isValid}
          onInput={({ currentTarget }) => setUntil(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!isValid}>
        Show
      </button>
    </form>
  );
}
