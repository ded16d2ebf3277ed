import type { IncomingHttpHeaders } from 'node:http';

/** The credentials of an `Authorization: Bearer` header; the scheme's name has no case (RFC 9110, 11.1). */
export function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** The credentials of an `X-API-Key` header. */
export function apiKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-api-key'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
