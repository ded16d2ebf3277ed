import { keyOf, listedAs, sparkline, type Listed } from './endpoints.js';
import { hasFailed, iso, partsBy, timeOf, type Exported } from './exported.js';
import { differences, inOrderOf, orderDifferences, type Expected } from './matching.js';
import { paramsOf, type Ask, type Question } from './question.js';

interface Kind extends Listed {
  readonly error_type: string | null;
  readonly status_code: number | null;
}

/** What tells kinds of errors apart. */
function kindKey(kind: Kind): string {
  return JSON.stringify([keyOf(kind), kind.error_type, kind.status_code]);
}

/** Failed requests that are alike. */
export interface ErrorKind extends Kind {
  readonly requests: number;
  /** In the range. */
  readonly first_seen: string;
  readonly last_seen: string;
  readonly sparkline: readonly number[];
}

/** The kinds of failed requests, in the order of their keys. */
export function errorKinds({ events, range }: Question): readonly ErrorKind[] {
  const kindOf = (event: Exported): Kind => ({
    ...listedAs(event),
    error_type: event.error_type,
    status_code: event.status_code,
  });
  const parts = partsBy(events.filter(hasFailed), (event) => kindKey(kindOf(event)));
  const kinds = [...parts.values()].map((part) => ({
    ...kindOf(part[0] as Exported),
    requests: part.length,
    first_seen: iso(Math.min(...part.map(timeOf))),
    last_seen: iso(Math.max(...part.map(timeOf))),
    sparkline: sparkline(part, range),
  }));
  return inOrderOf(kinds, kindKey);
}

/** What is wrong with `/api/errors`, which is never estimated. */
export async function errorDifferences(ask: Ask, question: Question): Promise<readonly string[]> {
  const is = await ask<{ readonly errors: readonly ErrorKind[] }>('api/errors', {
    ...paramsOf(question),
    limit: 1000,
  });
  const kinds = errorKinds(question);
  const should: Expected = {
    total: kinds.length,
    requests: question.events.filter(hasFailed).length,
    errors: kinds.map((kind) => ({ ...kind, inferred: kind.endpoint.startsWith('~/') })),
  };
  return [
    ...differences({ ...is, errors: inOrderOf(is.errors, kindKey) }, should, 'errors'),
    ...orderDifferences(is.errors, ({ requests }) => requests, 'errors'),
  ];
}
