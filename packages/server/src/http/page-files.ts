import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import sirv from 'sirv';

import { failure, sendReply, type Reply } from './response.ts';

/** Where the build puts the page. */
const FOLDER = fileURLToPath(new URL('../page', import.meta.url));

/**
 * Nothing but the page's own files runs, is fetched or is sent to, no other site shows it in a frame, and a string
 * becomes markup or code nowhere (`require-trusted-types-for`).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const DOCUMENT: ReadonlySet<string> = new Set(['/', '/index.html']);

/** Answers a request for a file of the page, or 404. */
export type PageReply = (message: IncomingMessage) => Reply;

/**
 * The page's files, read once. They are the same for everybody and hold no data, so they need no credentials: what
 * the page shows, it asks the read API for.
 */
export function createPageReply(folder: string = FOLDER): PageReply {
  if (!existsSync(folder)) return () => failure(404, 'not found');
  const tag = tagOf(folder);
  // File names hold a hash of their content, except that of the document.
  const serve = sirv(folder, {
    etag: true,
    gzip: true,
    immutable: true,
    maxAge: 31_536_000,
    setHeaders: (response, path) => setHeaders(response, path, tag),
  });
  return (message) => {
    if (message.method !== 'GET' && message.method !== 'HEAD') return failure(404, 'not found');
    const path = message.url?.replace(/\?.*/, '') ?? '';
    if (!path.startsWith('/assets/')) {
      const known = message.headers['if-none-match'];
      if (DOCUMENT.has(path) && known !== undefined && names(known, tag)) return notModified(path, tag);
      // sirv would find what it made of size and time in it.
      delete message.headers['if-none-match'];
    }
    return {
      stream: (response) => serve(message, response, () => sendReply(response, failure(404, 'not found'))),
    };
  };
}

/** Whether an `If-None-Match` has a weak tag among its own (RFC 9110, 13.1.2). */
function names(known: string, tag: string): boolean {
  return known.split(',').some((each) => each.trim() === tag);
}

function notModified(path: string, tag: string): Reply {
  return {
    stream: (response) => {
      setHeaders(response, path, tag);
      response.writeHead(304).end();
    },
  };
}

/**
 * `ETag` of the document. What sirv makes of size and time is the same for two versions where files keep no time of their own, as in
 * images that are built reproducibly: the document of the version before would be taken for this one's.
 */
function tagOf(folder: string): string {
  const digest = createHash('sha256').update(readFileSync(join(folder, 'index.html')));
  return `W/"${digest.digest('base64url')}"`;
}

function setHeaders(response: ServerResponse, path: string, tag: string): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (path.startsWith('/assets/')) return;
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('etag', tag);
}
