import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { DIMENSIONS, type Field } from '../../filter/dimensions.ts';
import { isAcceptable, without, type FilterChange } from '../../filter/filter.ts';
import { PageContextHolder, usePage } from '../../page-context.ts';
import { FieldInput } from './field-input.tsx';

interface FilterFormProps {
  readonly onAdd: (change: FilterChange) => void;
  readonly onCancel: () => void;
}

/** What is in the fields, and what is meant by it. */
type Values = Readonly<Record<string, { readonly text: string; readonly meant: string }>>;

/** Chooses something to filter by, and what it has to be. */
export function FilterForm({ onAdd, onCancel }: FilterFormProps): JSX.Element {
  const [name, setName] = useState(DIMENSIONS[0]?.name ?? '');
  const [values, setValues] = useState<Values>({});
  const [isRefused, setRefused] = useState(false);
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);
  const fields = DIMENSIONS.find((each) => each.name === name)?.fields ?? [];
  const page = usePage();
  // What is chosen takes the place of what was: that decides nothing about what is suggested.
  const filter = without(
    page.state.filter,
    fields.map((field) => field.name),
  );
  const valueOf = (field: Field): string => values[field.name]?.meant ?? preset(field);
  const isWrong = (field: Field): boolean =>
    valueOf(field) !== '' && !isAcceptable(field.name, valueOf(field));
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = fields.filter((field) => valueOf(field) !== '');
    // Whatever is said of a metric, its name comes first.
    const isNameless = fields.some((field) => field.name === 'metric' && valueOf(field) === '');
    const isWhole = given.length > 0 && !given.some(isWrong) && !isNameless;
    setRefused(!isWhole);
    if (!isWhole) return;
    onAdd(Object.fromEntries(fields.map((field) => [field.name, valueOf(field) || undefined])));
  };
  return (
    <form
      class="panel filter-form"
      aria-label="Add a filter"
      onSubmit={submit}
      onKeyDown={({ key, isComposing }) => {
        // Of what is being put together of several keys, as in Japanese, each is for the text.
        if (key === 'Escape' && !isComposing) onCancel();
      }}
    >
      <label class="field">
        <span>Filter by</span>
        <select
          ref={first}
          value={name}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            setValues({});
            setRefused(false);
          }}
        >
          {DIMENSIONS.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <PageContextHolder.Provider value={{ ...page, state: { ...page.state, filter } }}>
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={values[field.name]?.text ?? preset(field)}
            isWrong={isWrong(field)}
            onInput={(text, meant) => setValues({ ...values, [field.name]: { text, meant } })}
          />
        ))}
      </PageContextHolder.Provider>
      <button type="submit" class="primary">
        Add
      </button>
      <p role="alert" class="problem">
        {isRefused && `That is no ${name.toLowerCase()} to filter by.`}
      </p>
    </form>
  );
}

/** What is in a field that nobody has touched. */
function preset(field: Field): string {
  return field.options?.[0]?.[0] ?? '';
}
