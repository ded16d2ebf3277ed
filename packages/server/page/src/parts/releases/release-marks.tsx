import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Release } from '../../api-types.ts';
import { dateAndTime, dayAndTime, duration, share } from '../../format.ts';
import { useAround, type Around } from './use-around.ts';

/** Releases that appeared in the range, and the one that is looked at closely. */
export interface ShownReleases {
  readonly all: readonly Release[];
  readonly open: Release | undefined;
  readonly onOpen: (release: Release | undefined) => void;
}

interface MarksProps {
  readonly releases: ShownReleases;
  /** Where an instant is, in pixels from the left; `undefined` outside of the chart. */
  readonly at: (millis: number) => number | undefined;
}

/** A mark over a chart where each release appeared, and a few words on the one under the pointer or with the focus. */
export function ReleaseMarks({ releases: { all, open, onOpen }, at }: MarksProps): JSX.Element {
  const [hinted, setHinted] = useState<Release>();
  const around = useAround(hinted);
  const left = hinted && at(Date.parse(hinted.first_seen));
  return (
    <div>
      <ul class="marks" aria-label="Releases">
        {all.map((release) => {
          const place = at(Date.parse(release.first_seen));
          if (place === undefined) return null;
          const isOpen = isSame(release, open);
          return (
            <li key={`${release.client_id} ${release.release}`}>
              <button
                type="button"
                class="release-mark"
                style={{ left: `${place}px` }}
                aria-label={`${nameOf(release)}, first seen ${dateAndTime(Date.parse(release.first_seen))}`}
                aria-expanded={isOpen}
                onClick={() => onOpen(isOpen ? undefined : release)}
                onMouseEnter={() => setHinted(release)}
                onMouseLeave={() => setHinted(undefined)}
                onFocus={() => setHinted(release)}
                onBlur={() => setHinted(undefined)}
              />
            </li>
          );
        })}
      </ul>
      {hinted !== undefined && left !== undefined && (
        <div class="release-tip" role="status" style={sideOf(left)}>
          <p>
            <b>{nameOf(hinted)}</b>
          </p>
          <p class="muted">{dayAndTime(Date.parse(hinted.first_seen))}</p>
          {around === undefined ? <p class="muted">Loading…</p> : <Change around={around} />}
        </div>
      )}
    </div>
  );
}

function Change({ around: { before, after, millis } }: { readonly around: Around }): JSX.Element {
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
export function nameOf({ client_id: application, release }: Release): string {
  return `Release ${release} of ${application}`;
}

/** Whether they are the same release. */
export function isSame(one: Release, other: Release | undefined): boolean {
  return one.client_id === other?.client_id && one.release === other.release;
}
