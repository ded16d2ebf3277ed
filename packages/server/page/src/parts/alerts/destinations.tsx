import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { AlertDestination } from '../../alerts/alert-types.ts';
import {
  changeDestination,
  createDestination,
  removeDestination,
  testDestination,
} from '../../alerts/alerts-client.ts';
import { useFocusOnChange } from '../../hooks/use-focus-on-change.ts';
import { failureText } from '../access/failure-text.ts';
import { OnceShown } from '../access/once-shown.tsx';
import { RevokeButton } from '../access/revoke-button.tsx';
import { CsvButton } from '../controls/csv-button.tsx';
import { Panel } from '../panel.tsx';
import { DestinationForm, type DestinationWish } from './destination-form.tsx';

interface DestinationsProps {
  readonly destinations: readonly AlertDestination[];
  readonly onChanged: () => void;
}

/** Where messages go. */
export function Destinations({ destinations, onChanged }: DestinationsProps): JSX.Element {
  const [said, setSaid] = useState<string>();
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string }>();
  const [edited, setEdited] = useState<AlertDestination>();
  const form = useFocusOnChange<HTMLDivElement>(edited?.id);
  const done = (text?: string): void => {
    setSaid(text);
    onChanged();
  };
  const save = (wish: DestinationWish): Promise<string | undefined> =>
    edited === undefined ? create(wish) : change(edited, wish);
  const change = async ({ id }: AlertDestination, wish: DestinationWish): Promise<string | undefined> => {
    const result = await changeDestination(id, wish);
    if (!result.ok) return failureText(result.failure);
    // By that, another one may be changed.
    setEdited((now) => (now?.id === id ? undefined : now));
    done();
    return undefined;
  };
  const create = async (wish: DestinationWish): Promise<string | undefined> => {
    const result = await createDestination(wish);
    if (!result.ok) return failureText(result.failure);
    const { name, secret } = result.value;
    setMade(secret === undefined ? undefined : { name, secret });
    done();
    return undefined;
  };
  const remove = async ({ id }: AlertDestination): Promise<void> => {
    const result = await removeDestination(id);
    setEdited((now) => (now?.id === id ? undefined : now));
    done(result.ok ? undefined : failureText(result.failure));
  };
  const test = async ({ id, name }: AlertDestination): Promise<void> => {
    setSaid(`Sending to ${name} …`);
    const result = await testDestination(id);
    setSaid(result.ok ? testText(name, result.value) : failureText(result.failure));
    onChanged();
  };
  return (
    <Panel title="Destinations" aside={<CsvButton name="destinations" rows={destinations} />}>
      {destinations.length > 0 && (
        <table class="destinations" aria-label="Destinations">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col" class="wide">
                Where
              </th>
              <th scope="col">
                <span class="unseen">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {destinations.map((destination) => (
              <tr key={destination.id}>
                <th scope="row">
                  <bdi>{destination.name}</bdi>
                </th>
                <td>{destination.kind ?? <span class="bad">unreadable: write it again</span>}</td>
                <td class="wide">
                  <bdi>{destination.target ?? '–'}</bdi>
                </td>
                <td class="number actions">
                  <button type="button" class="small" onClick={() => void test(destination)}>
                    Test<span class="unseen"> {destination.name}</span>
                  </button>
                  {destination.read_only ? (
                    <span class="muted">from the file</span>
                  ) : (
                    <>
                      <button type="button" class="small" onClick={() => setEdited(destination)}>
                        Edit<span class="unseen"> {destination.name}</span>
                      </button>
                      <RevokeButton
                        name={destination.name}
                        word="Remove"
                        onRevoke={() => void remove(destination)}
                      />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div ref={form}>
        <DestinationForm
          key={edited?.id}
          edited={edited}
          onSave={save}
          onCancel={() => setEdited(undefined)}
        />
      </div>
      <p role="status" class="said">
        {said}
      </p>
      {made !== undefined && (
        <OnceShown secret={made.secret} name="the secret">
          The secret that messages to <bdi>{made.name}</bdi> are signed with.
        </OnceShown>
      )}
    </Panel>
  );
}

function testText(
  name: string,
  { delivered, error }: { readonly delivered: boolean; readonly error: string | null },
): string {
  if (!delivered) return `${name}: ${error ?? ''}.`;
  return error === null ? `${name} has taken it.` : `${name} has taken it, but not ${error}.`;
}
