import type { Metrics } from '../../answers/metrics.ts';
import type { Values } from '../../answers/values.ts';
import type { Field } from '../../filter/dimensions.ts';
import { useRead } from '../../hooks/use-read.ts';

const LIMIT = 20;
/** Most characters of a search. */
const MAX_CHARACTERS = 256;

/** The most frequent values of a field with the text in them, of what the filter leaves; of some, of the latest part of the range. */
export function useKnown({ name, known }: Field, text: string): readonly string[] {
  const search = { q: text.slice(0, MAX_CHARACTERS) || undefined, limit: LIMIT };
  const asked = { of: name, part: 'latest', ...search };
  const values = useRead<Values>('api/values', asked, known === 'values').value?.values ?? [];
  const metrics = useRead<Metrics>('api/custom-metrics', search, known === 'metrics').value?.metrics ?? [];
  return known === 'metrics' ? metrics.map((metric) => metric.name) : values.map(({ value }) => value);
}
