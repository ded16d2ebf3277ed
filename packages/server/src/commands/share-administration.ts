import { MAX_SHARES, ShareBook } from '../access/sharing/share-book.ts';
import { parseWish } from '../access/sharing/share-record.ts';
import { OWN_ID, TokenBook } from '../access/token-book.ts';
import { filterOfWords } from '../api/query/filter.ts';
import { shareToJson, type ShareJson } from '../api/sharing/shares-api.ts';
import { posting, type Answer } from './administration.ts';
import { CommandError } from './running-server.ts';

/** A link as the server lists it. */
export type ListedShare = ShareJson;

/** What can be asked for: the members that the API takes. */
export type ShareWishJson = Readonly<
  Record<string, string | boolean | Readonly<Record<string, string>> | undefined>
>;

/** Links, wherever they are. Rejects with a `CommandError`. */
export interface ShareAdministration {
  readonly create: (wish: ShareWishJson) => Promise<ListedShare & { readonly link: string }>;
  readonly list: () => Promise<readonly ListedShare[]>;
  readonly revoke: (id: string) => Promise<void>;
}

/** Those of a running server. */
export function serverShares(answer: Answer, base: string): ShareAdministration {
  const list = async (): Promise<readonly ListedShare[]> =>
    ((await answer('/api/shares')) as { readonly shares: readonly ListedShare[] }).shares;
  return {
    create: async (wish) => {
      checked(wish);
      if ((await list()).length >= MAX_SHARES) throw tooMany();
      const created = (await answer('/api/shares', posting(wish))) as ListedShare & {
        readonly secret: string;
      };
      return { ...created, link: linkTo(base, created.secret) };
    },
    list,
    revoke: async (id) => {
      if (!(await list()).some((share) => share.id === id)) throw unknownId();
      await answer(`/api/shares?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };
}

/** Those in the file of a server that does not run. Whoever may write it has the server's own token, too. */
export function fileShares(db: string, base: string): ShareAdministration {
  const tokens = new TokenBook('', { path: `${db}.tokens`, log: () => undefined });
  const book = new ShareBook(tokens, { path: `${db}.shares`, log: () => undefined });
  return {
    create: async (wish) => {
      const created = await book.add(checked(wish), OWN_ID);
      if (created === 'too_many') throw tooMany();
      return { ...shareToJson(created.share), link: linkTo(base, created.secret) };
    },
    list: async () => (await book.list()).map(shareToJson),
    revoke: async (id) => {
      if (!(await book.revoke(id))) throw unknownId();
    },
  };
}

/** The secret is in the fragment, which no browser sends to anybody. */
function linkTo(base: string, secret: string): string {
  return `${base.replace(/\/$/, '')}/#${secret}`;
}

function checked(wish: ShareWishJson): Exclude<ReturnType<typeof parseWish>, string> {
  const parsed = parseWish(wish);
  if (typeof parsed === 'string') throw new CommandError(parsed);
  const meant = filterOfWords(parsed.scope.filter);
  if (typeof meant === 'string') throw new CommandError(meant);
  return parsed;
}

function tooMany(): CommandError {
  return new CommandError(`there are ${MAX_SHARES} links: revoke one first`);
}

function unknownId(): CommandError {
  return new CommandError('there is no such link');
}
