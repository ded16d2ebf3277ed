import type { IncomingHttpHeaders } from 'node:http';

/** The value of a cookie (RFC 6265, 4.2); `undefined` when the request does not carry it. */
export function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return undefined;
}

/** What a cookie is set with. */
export interface CookieOptions {
  /** 0 removes it. */
  readonly maxAgeSeconds: number;
  /** Only over TLS. */
  readonly secure: boolean;
}

/**
 * A `Set-Cookie` that no script can read and no other site can make a browser send. Without a `Path` it is for the folder of the address
 * that set it (RFC 6265, 5.1.4): below another path of the same host, where a proxy may have another server, it is not sent.
 */
export function setCookie(name: string, value: string, { maxAgeSeconds, secure }: CookieOptions): string {
  const attributes = ['HttpOnly', 'SameSite=Strict', `Max-Age=${maxAgeSeconds}`];
  return [`${name}=${value}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; ');
}
