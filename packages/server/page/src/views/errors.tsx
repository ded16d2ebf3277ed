import type { JSX } from 'preact';

import type { Values } from '../answers/values.ts';
import type { Errors } from '../answers/errors.ts';
import { nameParts } from '../endpoint-text.ts';
import type { FilterChange } from '../filter/filter.ts';
import { useNarrowing } from '../page-context.ts';
import { Answered } from '../parts/answered.tsx';
import { BarList, type BarItem } from '../parts/bar-list.tsx';
import { ErrorTable } from '../parts/error-table.tsx';
import { Loading } from '../parts/loading.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Panel } from '../parts/panel.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { Refused } from '../parts/refused.tsx';
import { useRead } from '../hooks/use-read.ts';

/** What failed: by the class of the error, the status, the endpoint and the environment, since when and how often. */
export function ErrorsView(): JSX.Element {
  const { value, outdated, refused, again } = useRead<Errors>('api/errors');
  if (refused !== undefined) return <Refused why={refused} again={again} />;
  if (value === undefined || (value.total === 0 && outdated)) return <Loading />;
  if (value.total === 0) return <NothingHere what="failed requests" />;
  return (
    <>
      <div class="fourths">
        <By
          failed={value.requests}
          of="error_type"
          title="By class"
          empty="No request says what class its error is of."
        />
        <By failed={value.requests} of="status" title="By status" empty="No request has a status." />
        <By failed={value.requests} of="endpoint" title="By endpoint" empty="" />
        <By
          failed={value.requests}
          of="environment"
          title="By environment"
          empty="No request says which environment it is of."
        />
      </div>
      <OpenRelease />
      <ErrorTable errors={value} outdated={outdated} />
    </>
  );
}

interface ByProps {
  /** How many requests failed: shares are of these, also where not all of them say what it is about, or there are more values. */
  readonly failed: number;
  readonly of: 'error_type' | 'status' | 'endpoint' | 'environment';
  readonly title: string;
  readonly empty: string;
}

/** How many failed requests have which value. */
function By({ failed, of, title, empty }: ByProps): JSX.Element {
  const { to } = useNarrowing();
  const read = useRead<Values>('api/values', { of, failed: 'true', limit: 8 });
  const itemsOf = ({ values }: Values): readonly BarItem[] =>
    values.map(({ value: text, requests }) => {
      const change: FilterChange = { [of]: text };
      return {
        key: text,
        label: <bdi>{of === 'endpoint' ? nameParts(text).name : text}</bdi>,
        value: requests,
        to: to(change),
        requests: to({ ...change, failed: 'true' }, { view: 'requests' }),
      };
    });
  return (
    <Panel title={title} outdated={read.outdated}>
      <Answered read={read}>
        {(value) => (
          <>
            <BarList items={itemsOf(value)} total={failed} empty={empty} />
            {value.more && <p class="rest">There are more.</p>}
          </>
        )}
      </Answered>
    </Panel>
  );
}
