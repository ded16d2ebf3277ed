import { iso, hasFailed, partsBy, timeOf, type Exported } from './exported.js';
import type { Range } from './filter.js';
import { differences } from './matching.js';
import type { Ask } from './question.js';
import { valuesOf } from './values.js';

const DAY_MILLIS = 86_400_000;

/** A release, when it was seen first, and the one that appeared before it. */
export interface Release {
  readonly client_id: string;
  readonly release: string;
  readonly first_seen: string;
  readonly previous: { readonly release: string; readonly first_seen: string } | null;
}

/** All releases, each in the order in which those of its application appeared. */
function allReleases(stored: readonly Exported[]): readonly Release[] {
  const versions = partsBy(
    stored.filter((event) => event.service_version !== null),
    (event) => JSON.stringify([event.client_id, event.service_version]),
  );
  const seen = [...versions].map(([key, events]) => {
    const [clientId = '', release = ''] = JSON.parse(key) as string[];
    return { client_id: clientId, release, first_seen: iso(Math.min(...events.map(timeOf))) };
  });
  return [...partsBy(seen, (each) => each.client_id).values()].flatMap((ofOne) => {
    const inTime = ofOne.toSorted((a, b) => Date.parse(a.first_seen) - Date.parse(b.first_seen));
    return inTime.map((each, index) => {
      const before = inTime[index - 1];
      const previous =
        before === undefined ? null : { release: before.release, first_seen: before.first_seen };
      return { ...each, previous };
    });
  });
}

/** Those that appeared in a range, the newest first. */
export function releasesOf(
  stored: readonly Exported[],
  { since, until }: Range,
  application: string | undefined,
): readonly Release[] {
  return allReleases(stored)
    .filter((each) => application === undefined || each.client_id === application)
    .filter((each) => Date.parse(each.first_seen) >= since && Date.parse(each.first_seen) < until)
    .toSorted((a, b) => Date.parse(b.first_seen) - Date.parse(a.first_seen));
}

/** Statuses and classes of errors of the first day of a release that the one before it had neither then nor in the day before. */
export function newErrorsOf(stored: readonly Exported[], release: Release): readonly string[] {
  const seen = Date.parse(release.first_seen);
  const failedOf = (version: string, since: number): readonly Exported[] =>
    stored.filter(
      (event) =>
        event.client_id === release.client_id &&
        event.service_version === version &&
        timeOf(event) >= since &&
        timeOf(event) < seen + DAY_MILLIS &&
        hasFailed(event),
    );
  const now = failedOf(release.release, seen);
  const then = release.previous === null ? [] : failedOf(release.previous.release, seen - DAY_MILLIS);
  return ['status', 'error_type'].flatMap((of) => {
    const old = new Set(valuesOf(then, of).map(({ value }) => value));
    return valuesOf(now, of)
      .filter(({ value }) => !old.has(value))
      .map(({ value, requests }) => `${value} | ${requests}`);
  });
}

/** What is wrong with `/api/releases`. */
export async function releaseDifferences(
  ask: Ask,
  stored: readonly Exported[],
  range: Range,
  application: string | undefined,
): Promise<readonly string[]> {
  const is = await ask('api/releases', {
    since: range.since,
    until: range.until,
    limit: 200,
    ...(application !== undefined && { client_id: application }),
  });
  const releases = releasesOf(stored, range, application).map((each) => ({ ...each }));
  return differences(is, { releases, more: false }, 'releases');
}
