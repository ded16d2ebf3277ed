import { join } from 'node:path';
import { placesToLook } from '../sdk/sdk-loader.ts';
import { checkUp } from './check-up.ts';
import type { Check } from './check.ts';
import type { SetUp } from './set-up.ts';

const MARKS: Readonly<Record<Check['verdict'], string>> = { ok: 'ok  ', warning: 'warn', failure: 'FAIL' };

/**
 * Prints what a check-up of the application in the working directory finds, a line each.
 *
 * @returns the exit code: 0 when nothing failed
 */
export async function doctor(setUp?: SetUp): Promise<number> {
  let failures = 0;
  // The main file is a part of this package.
  const places = [join(process.cwd(), 'package.json'), ...placesToLook()];
  for await (const { what, verdict, finding } of checkUp(process.env, places, setUp)) {
    if (verdict === 'failure') failures += 1;
    process.stdout.write(`${MARKS[verdict]}  ${what}: ${finding}\n`);
  }
  return failures === 0 ? 0 : 1;
}
