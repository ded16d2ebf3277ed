import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { usePage } from '../page-context.ts';
import { PRESETS } from '../time-range.ts';

const SHORT = { '15m': '15 min', '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' } as const;

/** The range of time, and whether it is asked for again by itself. */
export function RangePicker(): JSX.Element {
  const { state, go } = usePage();
  const { range } = state;
  const [isOpen, setOpen] = useState(false);
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
          aria-pressed={preset === undefined}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Custom
        </button>
      </div>
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
      {isOpen && <CustomRange onDone={() => setOpen(false)} />}
    </>
  );
}

function CustomRange({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { span, go } = usePage();
  // A part of a chart may be of seconds.
  const [since, setSince] = useState(localText(Math.floor(span.since / 1000)));
  const [until, setUntil] = useState(localText(Math.ceil(span.until / 1000)));
  const isValid = Date.parse(since) < Date.parse(until);
  return (
    <form
      class="custom-range"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isValid) return;
        go({ range: { since: Date.parse(since), until: Date.parse(until) } });
        onDone();
      }}
    >
      <label class="field">
        <span>From</span>
        <input
          type="datetime-local"
          step="1"
          value={since}
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

/** As the input wants it: local time, to the second. @param seconds - since the epoch */
function localText(seconds: number): string {
  const millis = seconds * 1000;
  const offset = new Date(millis).getTimezoneOffset() * 60_000;
  return new Date(millis - offset).toISOString().slice(0, 19);
}
