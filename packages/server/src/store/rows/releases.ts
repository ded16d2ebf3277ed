import type { NewRelease } from '../questions/release-list.ts';
import { number, text, type Row } from './values.ts';

/** Reads a release: columns `client_id`, `service_version`, `first_seen`, and those of the one before, `previous` and `previous_seen`, or NULL. */
export function toNewRelease(row: Row): NewRelease {
  const { previous } = row;
  return {
    clientId: text(row['client_id']),
    version: text(row['service_version']),
    firstSeen: number(row['first_seen']),
    previous: previous === null ? null : { version: text(previous), firstSeen: number(row['previous_seen']) },
  };
}
