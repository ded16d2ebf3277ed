import type { JSX } from 'preact';

import type { Values } from '../../answers/values.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl, type Params } from '../../query.ts';
import { useAnswer } from '../../hooks/use-answer.ts';
import { RefusedLine } from '../refused.tsx';

/** More are not offered; one that is in the address always is. */
const LIMIT = 200;

interface AgainstValueProps {
  readonly of: 'release' | 'environment';
  readonly label: string;
  /** How it is called that there is no choice. */
  readonly all: string;
  /** The requests whose values are offered. */
  readonly scope: Params;
}

/** Chooses the release or the environment of the other side. Without a choice it is that of this side. */
export function AgainstValue({ of, label, all, scope }: AgainstValueProps): JSX.Element {
  const { state, go } = usePage();
  const { against, filter } = state;
  const {
    value: known,
    refused,
    again,
  } = useAnswer<Values>(apiUrl('api/values', { ...scope, of, limit: LIMIT }));
  const here = filter[of];
  const chosen = against[of];
  const values = (known?.values ?? []).map(({ value }) => value);
  const offered = new Set(chosen === undefined || chosen === '' ? values : [chosen, ...values]);
  const options: readonly (readonly [value: string | undefined, name: string])[] = [
    ...(here === undefined ? [] : [[undefined, `As here: ${here}`] as const]),
    [here === undefined ? undefined : '', all],
    ...[...offered].map((value) => [value, value] as const),
  ];
  // What is all of them may be written in two ways.
  const shown = here === undefined && chosen === '' ? undefined : chosen;
  if (refused !== undefined) return <RefusedLine why={refused} again={again} />;
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={options.findIndex(([value]) => value === shown)}
        onChange={({ currentTarget: { selectedIndex } }) =>
          go({ against: { ...against, [of]: options[selectedIndex]?.[0] } })
        }
      >
        {options.map(([, name], index) => (
          <option key={index} value={index}>
            {name}
          </option>
        ))}
        {known?.more === true && <option disabled>There are more.</option>}
      </select>
    </label>
  );
}
