import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { Releases } from '../../answers/releases.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import type { ReleaseName } from '../../url-state.ts';
import { useAnswer } from '../../hooks/use-answer.ts';
import { Answered } from '../answered.tsx';
import { Panel } from '../panel.tsx';
import { nameOf } from './release-marks.tsx';
import { ReleasePanel } from './release-panel.tsx';

/** The release that is open, if one is: its name is in the address, so it may have appeared before the range. */
export function OpenRelease(): JSX.Element | null {
  const { openRelease } = usePage().state;
  if (openRelease === undefined) return null;
  return <Opened key={JSON.stringify(openRelease)} {...openRelease} />;
}

function Opened({ clientId, release }: ReleaseName): JSX.Element {
  const { go } = usePage();
  const place = useRef<HTMLDivElement>(null);
  // It may be below what was clicked on.
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), []);
  const read = useAnswer<Releases>(apiUrl('api/releases', { client_id: clientId, release, since: 0 }));
  const [found] = read.value?.releases ?? [];
  return (
    <div ref={place} class="open-release">
      <Panel
        title={nameOf({ client_id: clientId, release })}
        class="release-panel"
        aside={
          <button type="button" class="quiet small" onClick={() => go({ openRelease: undefined })}>
            Close
          </button>
        }
      >
        <Answered read={read}>
          {() =>
            found === undefined ? (
              <p class="empty-line">The server does not remember this release.</p>
            ) : (
              <ReleasePanel release={found} />
            )
          }
        </Answered>
      </Panel>
    </div>
  );
}
