import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Release } from '../../answers/releases.ts';
import { dateAndTime, dayAndTime, duration, share } from '../../format.ts';
import { usePage } from '../../page-context.ts';
import type { ReleaseName } from '../../url-state.ts';
import { useFocusBack } from '../../hooks/use-focus-back.ts';
import { useMarks } from './marked-releases.tsx';
import { useAround, type Around } from './use-around.ts';

interface MarksProps {
  /** Where an instant is, in pixels from the left; `undefined` outside of the chart. */
  readonly at: (millis: number) => number | undefined;
}

/** A mark over a chart where each release appeared, and a few words on the one under the pointer or with the focus. */
export function ReleaseMarks({ at }: MarksProps): JSX.Element | null {
  const releases = useMarks();
  const [hinted, setHinted] = useState<Release>();
  const around = useAround(hinted);
  if (releases.length === 0) return null;
  const left = hinted && at(Date.parse(hinted.first_seen));
  return (
    <div>
      <ul class="marks" aria-label="Releases">
        {releases.map((release) => {
          const place = at(Date.parse(release.first_seen));
          if (place === undefined) return null;
          const key = `${release.client_id} ${release.release}`;
          return <ReleaseMark key={key} release={release} place={place} onHint={setHinted} />;
        })}
      </ul>
      {hinted !== undefined && left !== undefined && (
        <div class="release-tip" role="status" style={sideOf(left)}>
          <p>
            <b>{nameOf(hinted)}</b>
          </p>
          <p class="muted">{dayAndTime(Date.parse(hinted.first_seen))}</p>
          <Change around={around} />
        </div>
      )}
    </div>
  );
}

interface MarkProps {
  readonly release: Release;
  /** Pixels from the left. */
  readonly place: number;
  readonly onHint: (release: Release | undefined) => void;
}

function ReleaseMark({ release, place, onHint }: MarkProps): JSX.Element {
  const { state, go } = usePage();
  const name = { clientId: release.client_id, release: release.release };
  const isOpen = isSame(name, state.openRelease);
  const opener = useFocusBack<HTMLButtonElement>(isOpen);
  return (
    <li>
      <button
        type="button"
        ref={opener}
        class="release-mark"
        style={{ left: `${place}px` }}
        aria-label={`${nameOf(release)}, first seen ${dateAndTime(Date.parse(release.first_seen))}`}
        aria-expanded={isOpen}
        onClick={() => go({ openRelease: isOpen ? undefined : name })}
        onMouseEnter={() => onHint(release)}
        onMouseLeave={() => onHint(undefined)}
        onFocus={() => onHint(release)}
        onBlur={() => onHint(undefined)}
      />
    </li>
  );
}

function Change({ around: { read, millis } }: { readonly around: Around }): JSX.Element {
  if (read.refused !== undefined) return <p class="muted">Not known: {read.refused}</p>;
  if (read.value === undefined) return <p class="muted">Loading…</p>;
  const [{ totals: before }, { totals: after }] = read.value;
  return (
    <>
      <p>
        Error rate {share(before.errors, before.requests)} → {share(after.errors, after.requests)}
      </p>
      <p>
        p95 {duration(before.latency_ms.p95)} → {duration(after.latency_ms.p95)}
      </p>
      <p class="muted">{duration(millis)} before and after</p>
    </>
  );
}

/** Beside the mark, where there is more room. */
function sideOf(left: number): { readonly left: string } {
  return { left: `clamp(4px, ${left + 10}px, calc(100% - 240px))` };
}

/** How a release is called. */
export function nameOf({ client_id: application, release }: Pick<Release, 'client_id' | 'release'>): string {
  return `Release ${release} of ${application}`;
}

function isSame(one: ReleaseName, other: ReleaseName | undefined): boolean {
  return one.clientId === other?.clientId && one.release === other.release;
}
