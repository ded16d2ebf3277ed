import type { IncomingMessage } from 'node:http';

import type { Log } from '../log.ts';
import type { SharedRecords } from '../store/shared-records.ts';
import { apiKeyOf, bearerOf } from './auth.ts';
import type { Keeping } from './keeping.ts';
import { sessionSecretOf, type ReaderAccess } from './reader-access.ts';
import { Sessions } from './sessions.ts';
import { SharedShelves, type ShelfKind } from './shared-shelves.ts';
import { ShareBook } from './sharing/share-book.ts';
import { TokenBook } from './token-book.ts';

/** Where tokens, sessions and links are kept. */
export interface AccessPlace {
  /** The server's own token. */
  readonly token: string;
  readonly signIn: boolean;
  /** Path of the database beside which their files lie; `undefined` to keep nothing. */
  readonly db: string | undefined;
  /** Of the database that several servers share, in the place of files. */
  readonly records: SharedRecords | undefined;
  readonly log: Log;
}

/** What decides who may read and send, and what has to be done about it. */
export interface OpenAccess extends ReaderAccess {
  readonly shares: ShareBook;
  /** Does something at once; where a request comes with what only another server may know, after it was asked for. */
  readonly afterNews: (message: IncomingMessage, then: () => void) => void;
  /** Resolves when what was changed is kept. Rejects where it is not. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @throws CerberusServerError (as a rejection) `CREDENTIALS_FILE` */
export async function openAccess({ token, signIn, db, records, log }: AccessPlace): Promise<OpenAccess> {
  const shared = records === undefined ? undefined : await SharedShelves.open(records, log);
  const at = (kind: ShelfKind): Keeping => ({
    path: db === undefined ? undefined : `${db}.${kind}`,
    shelf: shared?.shelf(kind),
    log,
  });
  const tokens = new TokenBook(token, at('tokens'));
  const sessions = new Sessions(tokens, at('sessions'));
  const shares = new ShareBook(tokens, at('shares'));
  for (const [kind, book] of Object.entries({ tokens, sessions, shares }))
    shared?.follow(kind as ShelfKind, () => book.reload());
  const access = { tokens, sessions, shares, signIn, isShared: shared !== undefined };
  return {
    ...access,
    afterNews: (message, then) => {
      if (shared === undefined || !bringsUnknown(message, access)) then();
      else void shared.refresh().then(then);
    },
    settled: () => shared?.settled() ?? Promise.resolve(),
    close: async () => {
      tokens.close();
      await shared?.close();
    },
  };
}

/** Whether a request comes with a token, a session or a link that is not known here. */
function bringsUnknown(message: IncomingMessage, access: ReaderAccess): boolean {
  const presented = [bearerOf(message.headers), apiKeyOf(message.headers)].filter(
    (each) => each !== undefined,
  );
  const isKnown = (secret: string): boolean =>
    access.tokens.find(secret) !== undefined || access.shares.find(secret) !== undefined;
  return (
    presented.some((secret) => !isKnown(secret)) ||
    access.sessions.isUnknown(sessionSecretOf(message, access))
  );
}
