// Which values there are to filter by; the bars of the view of errors are made of them.
import { nameOf, partsBy, type Exported } from './exported.js';
import { differences, inOrderOf, orderDifferences } from './matching.js';
import { paramsOf, type Ask, type Question } from './question.js';

/** Of what there are values, and the value of an event. */
const VALUES: Readonly<Record<string, (event: Exported) => string | number | null>> = {
  client_id: (event) => event.client_id,
  method: ({ method }) => method,
  endpoint: nameOf,
  path: ({ endpoint }) => endpoint,
  status: (event) => event.status_code,
  outcome: ({ outcome }) => outcome,
  error_type: (event) => event.error_type,
  source_ip: (event) => event.source_ip,
  user_id: (event) => event.user_id,
  session_id: (event) => event.session_id,
  synthetic: (event) => event.user_agent_synthetic_type,
  release: (event) => event.service_version,
  environment: (event) => event.deployment_environment,
  consumer: ({ consumer }) => consumer,
  consumer_group: (event) => event.consumer_group,
};

/** Of what there are values. */
export const DIMENSIONS: readonly string[] = Object.keys(VALUES);

/** A value, and how many requests have it. */
export interface Value {
  readonly value: string;
  readonly requests: number;
}

/** The values of some events, in their order; events without one are left out. */
export function valuesOf(events: readonly Exported[], of: string): readonly Value[] {
  const having = events.flatMap((event) => VALUES[of]?.(event) ?? []).map(String);
  const parts = [...partsBy(having, (value) => value)];
  return inOrderOf(
    parts.map(([value, part]) => ({ value, requests: part.length })),
    ({ value }) => value,
  );
}

/** What is wrong with `/api/values`, of those with a text in them. Counts are never estimated. */
export async function valueDifferences(
  ask: Ask,
  question: Question,
  of: string,
  search: string,
): Promise<readonly string[]> {
  const limit = 200;
  const is = await ask<{ readonly values: readonly Value[]; readonly more: boolean }>('api/values', {
    ...paramsOf(question),
    of,
    limit,
    ...(search !== '' && { q: search }),
  });
  const all = valuesOf(question.events, of).filter(({ value }) =>
    value.toLowerCase().includes(search.toLowerCase()),
  );
  const what = `values of ${of}`;
  // Of those with as many requests as the last one listed, which are listed is left open.
  const least = is.more ? (is.values.at(-1)?.requests ?? 0) : 0;
  const [listed, should] = [is.values, all].map((values) =>
    inOrderOf(
      values.filter(({ requests }) => requests > least),
      ({ value }) => value,
    ),
  );
  return [
    ...differences(
      listed,
      (should ?? []).map((value) => ({ ...value })),
      what,
    ),
    ...(is.more === all.length > limit ? [] : [`${what}: more is ${is.more}, of ${all.length}`]),
    ...orderDifferences(is.values, ({ requests }) => requests, what),
  ];
}
