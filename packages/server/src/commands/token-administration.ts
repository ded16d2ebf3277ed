import { TokenBook } from '../access/token-book.ts';
import { parseTokenRequest } from '../access/token-record.ts';
import { tokenToJson, type TokenJson } from '../api/tokens-api.ts';
import type { ServerConfig } from '../config.ts';
import { openDuckDb } from '../store/duckdb/open.ts';
import { ask, CommandError, keptToken, type Asked } from './running-server.ts';

/** A token as the server lists it. */
export type ListedToken = TokenJson;

/** What can be asked for. */
interface TokenWish {
  readonly name: string;
  readonly purpose: string;
  readonly application: string | undefined;
}

/** Tokens, wherever they are. Rejects with a `CommandError`. */
export interface TokenAdministration {
  readonly create: (wish: TokenWish) => Promise<{ readonly id: string; readonly token: string }>;
  readonly list: () => Promise<readonly ListedToken[]>;
  readonly revoke: (id: string) => Promise<void>;
}

type Config = Pick<ServerConfig, 'db' | 'token' | 'port' | 'memoryLimit' | 'threads'>;

/** Those of a running server; `undefined` where none listens and none was named. */
export async function serverTokens(
  config: Config,
  url: string | undefined,
): Promise<TokenAdministration | undefined> {
  const base = url ?? `http://127.0.0.1:${config.port}`;
  const token = config.token ?? (await keptToken(config.db));
  const asked: Asked = { base, token, named: url !== undefined };
  if (
    url === undefined &&
    (await ask({ ...asked, token: undefined }, '/healthz').catch(() => true)) === undefined
  )
    return undefined;
  const answer = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await ask({ ...asked, named: true }, path, init);
    return response?.json();
  };
  return {
    create: async (wish) => {
      checked(wish);
      const headers = { 'content-type': 'application/json' };
      const created = await answer('/api/tokens', { method: 'POST', headers, body: JSON.stringify(wish) });
      return created as { readonly id: string; readonly token: string };
    },
    list: async () => ((await answer('/api/tokens')) as { readonly tokens: readonly ListedToken[] }).tokens,
    revoke: async (id) => {
      const known = (await answer('/api/tokens')) as { readonly tokens: readonly ListedToken[] };
      if (!known.tokens.some((each) => each.id === id && each.purpose !== 'all')) throw unknownId();
      await answer(`/api/tokens?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };
}

/** Those in the file of a server that does not run: the database is locked meanwhile, so that none starts. */
export async function fileTokens(
  config: Config,
  hasDatabase: boolean,
  action: (tokens: TokenAdministration) => Promise<void>,
): Promise<void> {
  const lock = hasDatabase ? await openDuckDb(config.db, { ...config, create: false }) : undefined;
  try {
    const book = new TokenBook('', { path: `${config.db}.tokens`, log: () => undefined });
    await action({
      create: async (wish) => {
        const created = book.create(checked(wish));
        if (created === 'too_many') throw new CommandError('there are 1,000 tokens: revoke one first');
        return { id: created.info.id, token: created.token };
      },
      list: async () => book.list().map(tokenToJson),
      revoke: async (id) => {
        if (!book.revoke(id)) throw unknownId();
      },
    });
  } finally {
    await lock?.close();
  }
}

function checked(wish: TokenWish): Exclude<ReturnType<typeof parseTokenRequest>, string> {
  const request = parseTokenRequest({ ...wish });
  if (typeof request === 'string') throw new CommandError(request);
  return request;
}

function unknownId(): CommandError {
  return new CommandError('there is no such token that could be revoked');
}
