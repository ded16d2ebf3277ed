import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { laterVersion } from '../../../packages/server/test-dist/support/processes/later-version.js';

/** As much of a migration as is chosen here. */
type Migration = Parameters<typeof laterVersion>[1][number];

/** Where the server is that was built here. */
export const TODAY = dirname(createRequire(import.meta.url).resolve('@cerberus-otel/server/package.json'));

/** While this table has a row, a migration does not end. */
export const HELD = 'held_migrations';
/** A migration that nobody lets go on ends all the same. */
const LONGEST_HELD_SECONDS = 60;

/** A version of the server. */
export interface Release {
  /** Of its package. */
  readonly folder: string;
  /** Of the tables that it makes of those of the release before. */
  readonly version: number;
}

/** Versions of the server that follow the one which was built here: each changes the tables once more. */
export class Releases {
  readonly #folder: string;
  readonly #migrations: Migration[] = [];

  /** @param folder - takes the packages */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the next one. @param version - of the tables as they are */
  next(version: number): Release {
    const number = this.#migrations.length + 1;
    this.#migrations.push(migrationOf(number, version));
    const folder = laterVersion(join(this.#folder, `release-${number}`), this.#migrations);
    return { folder, version: version + 1 };
  }
}

/** Columns in tables that writers use all the time, an index, and a table, behind something that takes its time. */
function migrationOf(number: number, version: number): Migration {
  return {
    usableFrom: version,
    statements: [
      `DO $$ BEGIN
         FOR turn IN 1..${LONGEST_HELD_SECONDS * 20} LOOP
           EXIT WHEN NOT EXISTS (SELECT FROM ${HELD});
           PERFORM pg_sleep(0.05);
         END LOOP;
       END $$`,
      `ALTER TABLE producers ADD COLUMN later_${number} integer NOT NULL DEFAULT ${number}`,
      `CREATE INDEX producers_later_${number} ON producers (later_${number})`,
      `ALTER TABLE events ADD COLUMN later_${number} text NOT NULL DEFAULT 'as before'`,
      `ALTER TABLE pending ADD COLUMN later_${number} bigint`,
      `CREATE TABLE later_${number} AS SELECT producer, last_seq FROM producers`,
    ],
  };
}
