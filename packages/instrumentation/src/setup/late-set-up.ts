import { join } from 'node:path';

/** What Next.js calls the process that serves; the rest of it is cut where the command line is short. */
const NEXT_SERVER = 'next-server';
/** Where an application of Next.js says what is to be set up: built, and in development as it was written. */
const HOOKS = [
  '.next/server/instrumentation.js',
  ...['', 'src/'].flatMap((folder) => ['js', 'ts'].map((end) => `${folder}instrumentation.${end}`)),
];

/**
 * Whether an SDK may be set up when a server has clients already: Next.js listens first, and answers nothing until it has called
 * `register()` of the application's `instrumentation.ts`.
 */
export function mayBeSetUpLate(): boolean {
  if (!process.title.startsWith(NEXT_SERVER)) return false;
  const { existsSync } = process.getBuiltinModule('node:fs');
  return HOOKS.some((file) => existsSync(join(process.cwd(), file)));
}
