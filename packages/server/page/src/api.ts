import type { NewShare } from './answers/shares.ts';
import type { NewToken } from './answers/tokens.ts';

/** Why there is no answer. */
export type ApiFailure =
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'unreachable' }
  | {
      readonly kind: 'refused';
      readonly status: number;
      /** The server's own words; where somebody in front of it refused, what is known of that. */
      readonly message: string;
      readonly isOfServer: boolean;
    };

/** An answer or a failure; nothing is thrown but when the caller aborted. */
export type ApiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure };

/** How far the server's clock is ahead of this one's, in milliseconds; ranges end at the server's now. */
let clockOffset = 0;
/** The `Date` header has whole seconds, and the answer was on its way for a moment. */
const TOLERATED_OFFSET_MILLIS = 3000;

/** After that a request counts as not answered, so that it is asked for again. */
const TIMEOUT_MILLIS = 30_000;

/** Of the share link that the page was opened with; nowhere but here and in the address. */
let shareSecret: string | undefined;

/** From now on everything is asked with a share link, and with nothing else. */
export function askWithLink(secret: string): void {
  shareSecret = secret;
}

/** The server's time as far as it is known, in milliseconds since the epoch. */
export function serverNow(): number {
  return Date.now() + clockOffset;
}

/** Asks the server for JSON. @param url relative to the page, so that it works below any path */
export async function getJson<T>(url: string, signal: AbortSignal): Promise<ApiResult<T>> {
  return request<T>(url, { signal });
}

/** Signs in; the session is in a cookie that this page cannot read. */
export function signIn(token: string): Promise<ApiResult<unknown>> {
  return request('api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
}

/** Signs out, on the server too. */
export function signOut(): Promise<ApiResult<unknown>> {
  return request('api/session', { method: 'DELETE' });
}

/** Asks the server to do something that others take their time for. @param timeoutMillis - longer than the server gives them */
export function askPatiently<T>(method: string, url: string, timeoutMillis: number): Promise<ApiResult<T>> {
  return request(url, { method }, timeoutMillis);
}

/** Asks the server to change something. */
export function sendJson<T>(method: string, url: string, body?: object): Promise<ApiResult<T>> {
  if (body === undefined) return request(url, { method });
  const headers = { 'content-type': 'application/json' };
  return request(url, { method, headers, body: JSON.stringify(body) });
}

/** Issues a token. */
export function createToken(wish: {
  readonly name: string;
  readonly purpose: string;
  /** The only one that may use it; undefined for any. */
  readonly application: string | undefined;
}): Promise<ApiResult<NewToken>> {
  return request('api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
}

/** Revokes a token. */
export function revokeToken(id: string): Promise<ApiResult<unknown>> {
  return request(`api/tokens?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Makes a share link. */
export function createShare(wish: Readonly<Record<string, unknown>>): Promise<ApiResult<NewShare>> {
  return request('api/shares', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
}

/** Revokes a share link. */
export function revokeShare(id: string): Promise<ApiResult<unknown>> {
  return request(`api/shares?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Who asks: a browser that is signed in, by its cookie, or a link, without it. */
function identity(): RequestInit {
  if (shareSecret === undefined) return {};
  return { headers: { authorization: `Bearer ${shareSecret}` }, credentials: 'omit' };
}

async function request<T>(
  url: string,
  init: RequestInit,
  timeoutMillis = TIMEOUT_MILLIS,
): Promise<ApiResult<T>> {
  // By hand: `AbortSignal.any` came with the browsers of 2024.
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, timeoutMillis);
  if (init.signal?.aborted === true) end();
  init.signal?.addEventListener('abort', end);
  try {
    const response = await fetch(url, { ...init, ...identity(), signal: ending.signal });
    const body = await jsonOf(response);
    noteClock(response.headers.get('date'));
    if (response.ok && body !== undefined) return { ok: true, value: body as T };
    return { ok: false, failure: failureOf(response.status, body) };
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    return { ok: false, failure: { kind: 'unreachable' } };
  } finally {
    clearTimeout(timer);
    init.signal?.removeEventListener('abort', end);
  }
}

/** What was answered; `undefined` where that is no JSON. */
async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a proxy answers while there is nothing behind it. */
const OF_A_PROXY: ReadonlySet<number> = new Set([502, 503, 504]);
/** What is answered before anybody reads the question. */
const TOO_LONG: ReadonlySet<number> = new Set([413, 414, 431]);

function failureOf(status: number, body: unknown): ApiFailure {
  if (status === 401) return { kind: 'signed_out' };
  const said = (body as { error?: unknown } | null | undefined)?.error;
  if (typeof said === 'string') return { kind: 'refused', status, message: said, isOfServer: true };
  // Somebody else's answer is none.
  if (status < 400 || OF_A_PROXY.has(status)) return { kind: 'unreachable' };
  const message = TOO_LONG.has(status) ? 'the filter is too long to be asked with' : `status ${status}`;
  return { kind: 'refused', status, message, isOfServer: false };
}

function noteClock(date: string | null): void {
  const offset = Date.parse(date ?? '') - Date.now();
  if (Number.isNaN(offset)) return;
  clockOffset = Math.abs(offset) < TOLERATED_OFFSET_MILLIS ? 0 : offset;
}
