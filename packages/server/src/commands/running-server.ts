import { readFile } from 'node:fs/promises';

import { CerberusServerError, messageOf } from '../errors.ts';
import type { Fetch } from './local-server.ts';

/** A failure that is to be said in one line. */
export class CommandError extends Error {}

/** Which server is asked, and as whom. */
export interface Asked {
  readonly base: string;
  readonly token: string | undefined;
  /** It was named, so another one will not do. */
  readonly named: boolean;
  /** Default: that of Node.js. */
  readonly fetch?: Fetch;
}

/** @returns `undefined` where no server listens and none was named: then the file is free, or somebody else's. */
export async function ask(
  { base, token, named, fetch: fetchFrom = fetch }: Asked,
  path: string,
  init: RequestInit = {},
): Promise<Response | undefined> {
  let response: Response;
  try {
    const headers = { ...(init.headers as Record<string, string> | undefined) };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    response = await fetchFrom(new URL(path, base), { ...init, headers, redirect: 'error' });
  } catch {
    if (named) throw new CommandError('the server cannot be reached');
    return undefined;
  }
  if (response.ok) return response;
  if (response.status === 401) throw new CommandError('the server refused the token');
  if (response.status === 403)
    throw new CommandError('the token is not for this: it needs the purpose admin');
  throw new CommandError(`the server answered ${response.status}`);
}

/** The token that the server made up, if it did. */
export async function keptToken(db: string): Promise<string | undefined> {
  return readFile(`${db}.token`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Says what went wrong, and sets the exit code. */
export function fail(name: string, error: unknown): void {
  const known = error instanceof CommandError || error instanceof CerberusServerError;
  const text = known ? error.message : `unexpected error: ${messageOf(error)}`;
  process.stderr.write(`cerberus-server ${name}: ${text}\n`);
  process.exitCode = 1;
}
