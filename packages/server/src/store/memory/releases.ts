import { groupBy } from '../../nested-maps.ts';
import type { NewRelease, Release, ReleasesQuery } from '../questions/release-list.ts';
import { compare } from './figures.ts';

/** Answers a {@link ReleasesQuery}. */
export function listReleases(all: readonly Release[], query: ReleasesQuery): readonly NewRelease[] {
  const { since, until, clientId, version, limit } = query;
  return [...groupBy(all, (release) => release.clientId).values()]
    .flatMap(withPrevious)
    .filter((release) => clientId === undefined || release.clientId === clientId)
    .filter((release) => version === undefined || release.version === version)
    .filter(({ firstSeen }) => firstSeen >= since && firstSeen < until)
    .sort(
      (a, b) => b.firstSeen - a.firstSeen || compare(a.clientId, b.clientId) || compare(b.version, a.version),
    )
    .slice(0, limit);
}

/** Adds some. Of one that is there already, though nobody remembered it, the earlier time stays. */
export function addReleases(all: Release[], releases: readonly Release[]): void {
  for (const release of releases) {
    const place = all.findIndex(
      ({ clientId, version }) => clientId === release.clientId && version === release.version,
    );
    const known = all[place];
    if (known === undefined) all.push(release);
    else if (release.firstSeen < known.firstSeen) all[place] = release;
  }
}

function withPrevious(ofClient: readonly Release[]): readonly NewRelease[] {
  const ordered = ofClient.toSorted((a, b) => a.firstSeen - b.firstSeen || compare(a.version, b.version));
  return ordered.map((release, index) => {
    const before = ordered[index - 1];
    const previous = before === undefined ? null : { version: before.version, firstSeen: before.firstSeen };
    return { ...release, previous };
  });
}
