import type { JSX } from 'preact';

import { usePage } from '../page-context.ts';
import { RequestBar } from '../parts/requests/request-bar.tsx';
import { RequestDetail } from '../parts/requests/request-detail.tsx';
import { RequestList } from '../parts/requests/request-list.tsx';

/** Stored requests under the filter, and one of them closely. */
export function RequestsView(): JSX.Element {
  const { filter, range, clientId, order, open } = usePage().state;
  // Another question is another list: pages of the one before may not show in it.
  const question = JSON.stringify([filter, range, clientId, order]);
  return (
    <>
      <RequestBar />
      <div class={open === undefined ? undefined : 'beside'}>
        <RequestList key={question} />
        {open !== undefined && <RequestDetail key={open} id={open} />}
      </div>
    </>
  );
}
