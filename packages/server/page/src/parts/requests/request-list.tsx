import type { JSX } from 'preact';

import { exactCount } from '../../format.ts';
import { usePage } from '../../page-context.ts';
import { CsvButton } from '../controls/csv-button.tsx';
import { Loading } from '../loading.tsx';
import { NothingHere } from '../nothing-here.tsx';
import { Refused } from '../refused.tsx';
import { RequestTable } from './request-table.tsx';
import { useRequestList } from './use-request-list.ts';

const WITHOUT: Readonly<Record<string, string>> = {
  slowest: 'requests with a latency',
  largest: 'requests with a size',
};

/** Stored requests, page by page. */
export function RequestList(): JSX.Element {
  const { order } = usePage().state;
  const { events, refused, again, more, isLoading, isFailed, restart } = useRequestList();
  if (refused !== undefined) return <Refused why={refused} again={again} />;
  if (events === undefined) return <Loading />;
  if (events.length === 0) return <NothingHere what={WITHOUT[order] ?? 'requests'} />;
  return (
    <section class="panel flush" aria-label="Stored requests">
      <RequestTable events={events} />
      <div class="pages">
        <span role="status" class="muted">
          {isFailed ? 'The next ones could not be read.' : `${exactCount(events.length)} shown`}
        </span>
        <CsvButton name="requests" rows={events} />
        {more !== undefined && (
          <button type="button" aria-disabled={isLoading} onClick={more}>
            {isLoading ? 'Reading…' : 'More'}
          </button>
        )}
        {restart !== undefined && (
          <button type="button" class="quiet" onClick={restart}>
            Back to the first
          </button>
        )}
      </div>
    </section>
  );
}
