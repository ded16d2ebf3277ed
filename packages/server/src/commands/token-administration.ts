import { TokenBook } from '../access/token-book.ts';
import { parseTokenRequest } from '../access/token-record.ts';
import { tokenToJson, type TokenJson } from '../api/tokens-api.ts';
import { posting, type Answer } from './administration.ts';
import { CommandError } from './running-server.ts';

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

/** Those of a running server. */
export function serverTokens(answer: Answer): TokenAdministration {
  return {
    create: async (wish) => {
      checked(wish);
      return (await answer('/api/tokens', posting(wish))) as { readonly id: string; readonly token: string };
    },
    list: async () => ((await answer('/api/tokens')) as { readonly tokens: readonly ListedToken[] }).tokens,
    revoke: async (id) => {
      const known = (await answer('/api/tokens')) as { readonly tokens: readonly ListedToken[] };
      if (!known.tokens.some((each) => each.id === id && each.purpose !== 'all')) throw unknownId();
      await answer(`/api/tokens?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };
}

/** Those in the file of a server that does not run. */
export function fileTokens(db: string): TokenAdministration {
  const book = new TokenBook('', { path: `${db}.tokens`, log: () => undefined });
  return {
    create: async (wish) => {
      const created = book.create(checked(wish));
      if (created === 'too_many') throw new CommandError('there are 1,000 tokens: revoke one first');
      return { id: created.info.id, token: created.token };
    },
    list: async () => book.list().map(tokenToJson),
    revoke: async (id) => {
      if (!book.revoke(id)) throw unknownId();
    },
  };
}

function checked(wish: TokenWish): Exclude<ReturnType<typeof parseTokenRequest>, string> {
  const request = parseTokenRequest({ ...wish });
  if (typeof request === 'string') throw new CommandError(request);
  return request;
}

function unknownId(): CommandError {
  return new CommandError('there is no such token that could be revoked');
}
