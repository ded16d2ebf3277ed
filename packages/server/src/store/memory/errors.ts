import { eventTime, type StoredEvent } from '../../event/event.ts';
import { groupBy } from '../../nested-maps.ts';
import type { ErrorGroup, ErrorList, ErrorsQuery } from '../questions/error-list.ts';
import { compare, listedAs, sparklineOf } from './figures.ts';

/** Answers an {@link ErrorsQuery} from the failed requests. */
export function listErrors(failed: readonly StoredEvent[], query: ErrorsQuery): ErrorList {
  const groups = [
    ...groupBy(failed, (event) => JSON.stringify([listedAs(event), event.errorType, event.statusCode])),
  ]
    .map(([, group]) => groupOf(group, query))
    .sort(
      (a, b) =>
        b.requests - a.requests ||
        b.lastSeen - a.lastSeen ||
        compare(a.endpoint, b.endpoint) ||
        compare(a.method, b.method) ||
        compare(a.clientId, b.clientId) ||
        compare(a.errorType ?? '', b.errorType ?? '') ||
        (a.statusCode ?? 0) - (b.statusCode ?? 0),
    );
  return { groups: groups.slice(0, query.limit), total: groups.length, requests: failed.length };
}

function groupOf(group: readonly StoredEvent[], query: ErrorsQuery): ErrorGroup {
  const [first] = group;
  const times = group.map(eventTime);
  return {
    ...(first === undefined ? { clientId: '', method: '', endpoint: '' } : listedAs(first)),
    errorType: first?.errorType ?? null,
    statusCode: first?.statusCode ?? null,
    requests: group.length,
    firstSeen: times.reduce((a, b) => Math.min(a, b), Infinity),
    lastSeen: times.reduce((a, b) => Math.max(a, b), -Infinity),
    sparkline: sparklineOf(group, query),
  };
}
