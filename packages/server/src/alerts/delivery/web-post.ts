import { SECOND_MILLIS } from '../../durations.ts';
import { limitOf } from './limit.ts';
import type { DeliveryResult } from './result.ts';
import { retryAfterMillis } from './retry-after.ts';
import { userInfoOf } from './user-info.ts';

/** A body and its headers. */
export interface WebPost {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default {@link ANSWER_MILLIS}. */
  readonly limitMillis?: number;
}

/** So long an answer may take. */
export const ANSWER_MILLIS = 10_000;

/** The receiver says that it is gone for good (RFC 9110, 15.5.11; Standard Webhooks asks for an end then). */
const GONE = 410;

/**
 * Posts JSON. A redirect is not followed, and of the answer nothing is read but its status: an administrator says where messages go, and
 * nobody else learns what is there.
 *
 * @param stop - gives it up
 */
export async function postJson(
  { url, body, headers, limitMillis = ANSWER_MILLIS }: WebPost,
  stop: AbortSignal,
): Promise<DeliveryResult> {
  const { user, target } = withoutUser(url);
  const limit = limitOf(limitMillis, stop);
  try {
    const response = await fetch(target, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'cerberus-server',
        ...(user === undefined ? {} : { authorization: `Basic ${user}` }),
        ...headers,
      },
      signal: limit.signal,
    });
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return { kind: 'delivered' };
    const reason = `status ${response.status}`;
    if (response.status === GONE) return { kind: 'refused', reason };
    const wanted = retryAfterMillis(response.headers.get('retry-after'), Date.now());
    return { kind: 'failed', reason, ...(wanted !== undefined && { retryAfterMillis: wanted }) };
  } catch (error) {
    if (limit.isOver())
      return { kind: 'failed', reason: `no answer within ${limitMillis / SECOND_MILLIS} s` };
    return { kind: 'failed', reason: reasonOf(error) };
  } finally {
    limit.end();
  }
}

/** `fetch` takes no URL with a user in it. */
function withoutUser(text: string): { readonly target: string; readonly user: string | undefined } {
  const url = new URL(text);
  const info = userInfoOf(url);
  if (info === undefined) return { target: text, user: undefined };
  url.username = '';
  url.password = '';
  return { target: url.href, user: Buffer.from(`${info.user}:${info.password}`).toString('base64') };
}

/** A code, which has no address in it, as the message may. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const { cause } = error;
  // Ports of other services, such as those of mail and chat (Fetch, "port blocking").
  if (cause instanceof Error && cause.message === 'bad port') return 'its port is not for HTTP';
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no connection';
}
