import type { IncomingMessage } from 'node:http';

import type { Shares } from '../../access/sharing/share-book.ts';
import { MAX_SHARES } from '../../access/sharing/share-book.ts';
import { parseWish, type Share } from '../../access/sharing/share-record.ts';
import { scopeToJson } from '../../access/sharing/share-scope.ts';
import { formatTime } from '../../event/timestamps.ts';
import { failure, type Reply } from '../../http/response.ts';
import type { SHARE } from '../answers/access.ts';
import type { Answer } from '../answers/members.ts';
import { SHARE_WISH } from '../bodies.ts';
import { readJsonObject } from '../json-body.ts';
import { QUERIES } from '../query/descriptions.ts';
import { filterOfWords } from '../query/filter.ts';
import { readQuery } from '../query/reading.ts';

/** Names of endpoints may be long. */
const MAX_BODY_BYTES = 32_768;

/** `GET /api/shares`: the links that are valid, without what makes them links. */
export async function sharesReply(shares: Shares): Promise<Reply> {
  return { status: 200, body: { shares: (await shares.list()).map(shareToJson) } };
}

/** `POST /api/shares` with a view: makes a link to it, and shows its secret this once. */
export async function createShareReply(
  message: IncomingMessage,
  shares: Shares,
  createdBy: string,
): Promise<Reply> {
  const body = await readJsonObject(message, MAX_BODY_BYTES, Object.keys(SHARE_WISH.entries));
  if (!body.ok) return body.reply;
  const wish = parseWish(body.value);
  if (typeof wish === 'string') return failure(400, wish);
  const meant = filterOfWords(wish.scope.filter);
  if (typeof meant === 'string') return failure(400, meant);
  const created = await shares.add(wish, createdBy);
  if (created === 'too_many') return failure(409, `there are ${MAX_SHARES} links: revoke one first`);
  return { status: 201, body: { secret: created.secret, ...shareToJson(created.share) } };
}

/** `DELETE /api/shares?id=…`: from now on it opens nothing. */
export async function revokeShareReply(shares: Shares, params: URLSearchParams): Promise<Reply> {
  const parsed = readQuery(QUERIES['DELETE /api/shares'], params);
  if (!parsed.ok) return failure(400, parsed.error);
  const { id } = parsed.query;
  if (!(await shares.revoke(id))) return failure(404, 'there is no such link');
  return { status: 200, body: { revoked: id } };
}

/** A link as the API shows it. */
export type ShareJson = Answer<typeof SHARE>;

/** Writes what is known of a link. */
export function shareToJson({ id, scope, details, ...share }: Share): ShareJson {
  return {
    id,
    ...scopeToJson(scope),
    details,
    created_by: share.createdBy,
    created_at: formatTime(share.createdAt),
    expires_at: formatTime(share.expiresAt),
  };
}
