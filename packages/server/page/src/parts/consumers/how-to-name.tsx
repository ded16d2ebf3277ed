import type { JSX } from 'preact';

import { usePage } from '../../page-context.ts';
import { Link } from '../link.tsx';
import { widerPreset, nameOf } from '../../time-range.ts';

/** Nothing here says whom it is for: how an application says it. */
export function HowToName({ what }: { readonly what: string }): JSX.Element {
  const wider = widerPreset(usePage().state.range);
  return (
    <section class="panel nothing">
      <h2>No request in this range has {what}</h2>
      <p>
        An application says within a request whom it is for. The id arrives as a pseudonym, the group and the
        label as they are:
      </p>
      <pre tabIndex={0} aria-label="An example">
        <code>{`import { setConsumer } from '@cerberus-otel/instrumentation';

setConsumer(account.id, { group: account.plan, label: account.company });`}</code>
      </pre>
      {wider !== undefined && (
        <p>
          <Link to={{ range: { preset: wider } }}>Look at the last {nameOf(wider)}</Link>
        </p>
      )}
      <p>
        <Link to={{ by: 'client' }}>Look at pseudonymous clients</Link>
      </p>
    </section>
  );
}
