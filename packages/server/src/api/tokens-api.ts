import type { IncomingMessage } from 'node:http';

import type { TokenBook, TokenInfo } from '../access/token-book.ts';
import { parseTokenRequest } from '../access/token-record.ts';
import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type { TOKEN } from './answers/access.ts';
import type { Answer } from './answers/members.ts';
import { TOKEN_WISH } from './bodies.ts';
import { readJsonObject } from './json-body.ts';
import { QUERIES } from './query/descriptions.ts';
import { readQuery } from './query/reading.ts';

const MAX_BODY_BYTES = 4096;

/** `GET /api/tokens`: all of them, without what makes them tokens. */
export function tokensReply(tokens: TokenBook): Reply {
  return { status: 200, body: { tokens: tokens.list().map(tokenToJson) } };
}

/** `POST /api/tokens` with name, purpose and application: issues a token, and shows it this once. */
export async function createTokenReply(message: IncomingMessage, tokens: TokenBook): Promise<Reply> {
  const body = await readJsonObject(message, MAX_BODY_BYTES, Object.keys(TOKEN_WISH.entries));
  if (!body.ok) return body.reply;
  const request = parseTokenRequest(body.value);
  if (typeof request === 'string') return failure(400, request);
  const created = tokens.create(request);
  if (created === 'too_many') return failure(409, 'there are 1,000 tokens: revoke one first');
  return { status: 201, body: { token: created.token, ...tokenToJson(created.info) } };
}

/** `DELETE /api/tokens?id=…`: from now on it is nobody's. */
export function revokeTokenReply(tokens: TokenBook, params: URLSearchParams): Reply {
  const parsed = readQuery(QUERIES['DELETE /api/tokens'], params);
  if (!parsed.ok) return failure(400, parsed.error);
  const { id } = parsed.query;
  if (!tokens.revoke(id)) return failure(404, 'there is no such token that could be revoked');
  return { status: 200, body: { revoked: id } };
}

/** A token as the API shows it. */
export type TokenJson = Answer<typeof TOKEN>;

/** Writes what is known of a token. */
export function tokenToJson(info: TokenInfo): TokenJson {
  const { id, name, purpose, application, createdAt, lastUsedAt } = info;
  return {
    id,
    name,
    purpose,
    application: application ?? null,
    created_at: createdAt === undefined ? null : formatTime(createdAt),
    last_used_at: lastUsedAt === undefined ? null : formatTime(lastUsedAt),
  };
}
