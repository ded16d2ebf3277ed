import { within } from '@cerberus-otel/test-support/deadline';
import { spawnServer } from './server-process.js';

/** How a command ended, and what it wrote. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `cerberus-server token`, `share` or `alert` beside a database. No server is where it looks for one. */
export async function runAdministration(
  name: 'token' | 'share' | 'alert',
  folder: string,
  db: string,
  args: readonly string[],
): Promise<Ran> {
  const ran = spawnServer([name, ...args, '--db', db], { CERBERUS_SERVER_PORT: '1' }, { cwd: folder });
  const { code } = await within('the command to end', ran.ended, 20_000);
  return { code, ...ran.output() };
}

/** The ids in what `list --json` wrote. */
export function idsIn({ stdout }: Ran): string[] {
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
}
