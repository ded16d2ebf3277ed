import { readFile } from 'node:fs/promises';

import type { ServerConfig } from '../config.ts';
import { CerberusServerError, messageOf } from '../errors.ts';
import { authorityOf } from '../http/listening.ts';
import { failureIn, reasonOf } from './refusals.ts';
import { send, type Fetch } from './request.ts';
import { isOfStandardOutput } from './standard-output.ts';

/** A failure that is to be said in one line. */
export class CommandError extends Error {}

/** Options of the command as a whole, given before the name of another one, that say where its server is and what it keeps. */
export interface ServerFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** Which server is asked, and as whom. */
export interface Asked {
  readonly base: string;
  readonly token: string | undefined;
  /** It was named, so another one will not do. */
  readonly named: boolean;
  readonly fetch?: Fetch;
}

/** @returns `undefined` where no server listens and none was named: then the file is free, or somebody else's. */
export async function ask(
  { base, token, named, fetch: fetchFrom = send }: Asked,
  path: string,
  init: RequestInit = {},
): Promise<Response | undefined> {
  const url = urlOf(path, base);
  let response: Response;
  try {
    const headers = { ...(init.headers as Record<string, string> | undefined) };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    response = await fetchFrom(url, { ...init, headers });
  } catch (error) {
    if (named) throw new CommandError(`the server cannot be reached${reasonOf(error)}`);
    return undefined;
  }
  if (response.ok) {
    if (isPage(response)) throw new CommandError('what answers there is no Cerberus server');
    return response;
  }
  if (response.status === 401) throw new CommandError('the server refused the token');
  if (response.status === 403)
    throw new CommandError('the token is not for this: it needs the purpose admin');
  throw new CommandError(`the server answered ${response.status}${await failureIn(response)}`);
}

/** What a web server says to whatever it is asked; nothing that a command asks for is one. */
function isPage({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/html') ?? false;
}

/** @param base - may have a path, behind a proxy */
function urlOf(path: string, base: string): URL {
  const isWebUrl = URL.canParse(base) && /^https?:$/.test(new URL(base).protocol);
  if (isWebUrl) return new URL(`${base.replace(/\/$/, '')}${path}`);
  throw new CommandError('--url must be an http:// or https:// URL');
}

/** The token that the server made up, if it did. */
export async function keptToken(db: string): Promise<string | undefined> {
  return readFile(`${db}.token`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** The database file that is used where no server answers. @throws CommandError where what it keeps is in none */
export function fileWithoutServer({ store, db }: Pick<ServerConfig, 'store' | 'db'>): string {
  if (store === undefined && db !== ':memory:') return db;
  throw new CommandError(
    'no server answers, and what it keeps is in no file: start it, or name one with --url',
  );
}

/** Says what went wrong, and sets the exit code. */
export function fail(name: string, error: unknown): void {
  if (isOfStandardOutput(error)) return;
  process.exitCode = 1;
  const known = error instanceof CommandError || error instanceof CerberusServerError;
  const text = known ? error.message : `unexpected error: ${messageOf(error).replaceAll(/\s+/g, ' ')}`;
  process.stderr.write(`cerberus-server ${name}: ${text}\n`);
}

/** The server on this machine, with the options that it was started with. */
export function localServer({ host, port, tlsCert }: Pick<ServerConfig, 'host' | 'port' | 'tlsCert'>): {
  readonly base: string;
  readonly fetch: Fetch;
} {
  // Who listens on all addresses of IPv6 listens on those of IPv4, which a loopback always has.
  const authority = authorityOf(host === '::' ? '0.0.0.0' : host, port);
  if (tlsCert === undefined) return { base: `http://${authority}`, fetch: send };
  const base = `https://${authority}`;
  return {
    base,
    fetch: async (url, init) => send(url, init, { pinned: await readFile(tlsCert, 'utf8') }),
  };
}
