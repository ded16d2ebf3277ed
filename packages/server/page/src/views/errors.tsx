import type { JSX } from 'preact';

import type { Values } from '../answers/values.ts';
import type { Errors } from '../answers/errors.ts';
import { nameParts } from '../endpoint-text.ts';
import type { FilterChange } from '../filter/filter.ts';
import { useNarrowing } from '../page-context.ts';
import { Answered, AnsweredView } from '../parts/answered.tsx';
import { BarList, type BarItem } from '../parts/bar-list.tsx';
import { ErrorTable } from '../parts/error-table.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Panel } from '../parts/panel.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { useRead } from '../hooks/use-read.ts';

/** What failed: by the class of the error, the status, the endpoint and the environment, since when and how often. */
export function ErrorsView(): JSX.Element {
  const read = useRead<Errors>('api/errors');
  return (
    <AnsweredView
      read={read}
      isEmpty={({ total }) => total === 0}
      empty={() => <NothingHere what="failed requests" />}
    >
      {(errors) => <Shown errors={errors} outdated={read.outdated} />}
    </AnsweredView>
  );
}

interface ShownProps {
  readonly errors: Errors;
  readonly outdated: boolean;
}

function Shown({ errors, outdated }: ShownProps): JSX.Element {
  const { requests: failed } = errors;
  return (
    <>
      <div class="fourths">
        <By
          failed={failed}
          of="error_type"
          title="By class"
          empty="No request says what class its error is of."
        />
        <By failed={failed} of="status" title="By status" empty="No request has a status." />
        <By failed={failed} of="endpoint" title="By endpoint" empty="" />
        <By
          failed={failed}
          of="environment"
          title="By environment"
          empty="No request says which environment it is of."
        />
      </div>
      <OpenRelease />
      <ErrorTable errors={errors} outdated={outdated} />
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
