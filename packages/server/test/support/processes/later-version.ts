import { cpSync, existsSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Migration } from '../../../dist/store/postgres/schema/migrations.js';

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const MIGRATIONS = 'dist/store/postgres/schema/migrations.js';
const EARLIER = 'migrations-of-today.js';

/**
 * The server as it may be one day: the one that was built here, copied, with more migrations behind those it has.
 *
 * @param folder - is not there yet
 * @returns the folder, which is that of a package
 */
export function laterVersion(folder: string, migrations: readonly Migration[]): string {
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(PACKAGE, part), join(folder, part), { recursive: true });
  symlinkSync(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, MIGRATIONS);
  if (!existsSync(file)) throw new Error('the build has no migrations where they are looked for');
  renameSync(file, join(file, '..', EARLIER));
  writeFileSync(
    file,
    `import { MIGRATIONS as EARLIER } from './${EARLIER}';
export const MIGRATIONS = [...EARLIER, ...${JSON.stringify(migrations)}];
`,
  );
  return folder;
}
