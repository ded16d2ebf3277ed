const { appendFileSync } = process.getBuiltinModule('node:fs');

/** The file that `cerberus-server dev` names to the application that it runs, and reads when that has ended. */
const FILE = 'CERBERUS_DEV_FINDINGS';

/** Keeps what was found for the summary of `cerberus-server dev`, a line. @returns false where nobody will read it */
export function keepForDev(finding: string): boolean {
  const file = process.env[FILE];
  if (file === undefined || file === '') return false;
  appendFileSync(file, `${finding}\n`);
  return true;
}
