import { ADD_MOST_BEHIND, ADD_ORIGIN, ADD_TOLD } from '../aggregates/tables.ts';
import {
  ADD_INDEX_OF_FAILED,
  ADD_PATH_GROUP,
  ADD_RELEASE_AND_CONSUMER,
  CREATE_LATER_TABLES,
  DOCUMENTS,
  FIRST_RELEASES,
  GUESSES,
  NODES,
  RELEASES,
} from './tables.ts';

/**
 * How the tables of a version become those of the next, while servers of the version before write and read them.
 *
 * It adds: a table, a column with a constant default, an index of a small table. What the version before still uses is removed by a later
 * migration, which then says so with {@link usableFrom}. Whatever it changes is locked until its end, so it must not take long: it
 * rewrites no table, and makes no index of one that has a partition for each day. It comes to tables in the order in which
 * writers do (`producers`, `events`, aggregates, `pending`), or the two wait for each other.
 */
export interface Migration {
  /** The oldest version of a server that can use the tables afterwards: at most the one that the migration begins with. */
  readonly usableFrom: number;
  /** Run one after the other, in one transaction. */
  readonly statements: readonly string[];
}

/** The first one makes tables of version 2 of those of version 1. What has been released stays as it is. */
export const MIGRATIONS: readonly Migration[] = [
  { usableFrom: 1, statements: [NODES, GUESSES] },
  { usableFrom: 1, statements: ADD_MOST_BEHIND },
  { usableFrom: 1, statements: [RELEASES, FIRST_RELEASES, ADD_RELEASE_AND_CONSUMER] },
  { usableFrom: 1, statements: [DOCUMENTS] },
  { usableFrom: 1, statements: [ADD_PATH_GROUP, ADD_INDEX_OF_FAILED] },
  { usableFrom: 1, statements: ADD_ORIGIN },
  { usableFrom: 1, statements: [ADD_TOLD, ...CREATE_LATER_TABLES] },
];
