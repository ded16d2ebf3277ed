import { checkUp } from './check-up.ts';
import type { Check } from './check.ts';

const MARKS: Readonly<Record<Check['verdict'], string>> = { ok: 'ok  ', warning: 'warn', failure: 'FAIL' };

/**
 * Prints what a check-up finds, a line each.
 *
 * @returns the exit code: 0 when nothing failed
 */
export async function doctor(): Promise<number> {
  let failures = 0;
  for await (const { what, verdict, finding } of checkUp(process.env)) {
    if (verdict === 'failure') failures += 1;
    process.stdout.write(`${MARKS[verdict]}  ${what}: ${finding}\n`);
  }
  return failures === 0 ? 0 : 1;
}
