import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import {
  CertificateStore,
  KEY_HINTS,
  ProxyError,
  systemClock,
  throughProxy,
  withoutTracing,
} from '@cerberus-otel/exporter-ws/internal';
import type { KeyBackend } from '../config.ts';

/** What one attempt to get the key brought. `reason` is our own text: nothing of the URL or the answer. */
export type KeyAnswer =
  | { readonly outcome: 'key'; readonly secretKey: string }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string };

/** Gets the key once; never rejects. */
export type KeyFetch = (signal: AbortSignal) => Promise<KeyAnswer>;

const MAX_ANSWER_BYTES = 16 * 1024;

/** `GET {backendUrl}/api/secret-key`; one trailing slash of the base is removed. */
export function secretKeyUrl(backendUrl: URL): URL {
  const url = new URL(backendUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/secret-key`;
  return url;
}

/**
 * The fetch for one backend. The token goes only there: a redirect is an error, not followed. Neither `fetch` nor an
 * agent's pool, because both hold their sockets: a backend that hangs must not keep a process from ending.
 */
export function secretKeyFetch(
  backend: Pick<KeyBackend, 'url' | 'token'> & Partial<Pick<KeyBackend, 'tlsCa' | 'tlsCaFile' | 'proxy'>>,
): KeyFetch {
  const { token, tlsCa, tlsCaFile, proxy } = backend;
  const certificates = new CertificateStore({ tlsCa, tlsFiles: { tlsCa: tlsCaFile } }, systemClock);
  const url = secretKeyUrl(backend.url);
  const options: RequestOptions = {
    headers: { accept: 'application/json', authorization: `Bearer ${token}` },
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  };
  const way = (signal: AbortSignal): RequestOptions =>
    proxy === undefined ? { agent: false } : { createConnection: throughProxy(proxy, url, signal) };
  return async (signal) => {
    try {
      const given = { ...options, ...(await certificates.next()), ...way(signal), signal };
      return await withoutTracing(() => ask(url, given));
    } catch (error) {
      // An authority may have been replaced: for the next attempt.
      certificates.renew();
      return { outcome: 'failed', reason: signal.aborted ? 'no answer in time' : networkReason(error) };
    }
  };
}

function ask(url: URL, options: RequestOptions): Promise<KeyAnswer> {
  return new Promise((resolve, reject) => {
    // Loaded when it is needed: OpenTelemetry patches what is loaded after it.
    const { request: send } =
      url.protocol === 'https:'
        ? process.getBuiltinModule('node:https')
        : process.getBuiltinModule('node:http');
    const request = send(url, options);
    request.on('error', reject);
    request.on('socket', (socket) => {
      socket.unref();
      // Of the addresses of a name a later one may have been taken, with a handle of its own.
      socket.once('connect', () => socket.unref());
    });
    request.on('response', (response) => {
      answerOf(response)
        .then(resolve, reject)
        .finally(() => request.destroy());
    });
    request.end();
  });
}

async function answerOf(response: IncomingMessage): Promise<KeyAnswer> {
  const { statusCode: status = 0 } = response;
  if (status !== 200) {
    const outcome = status === 401 || status === 403 ? 'refused' : 'failed';
    return { outcome, reason: `status ${status}${KEY_HINTS.onStatus(status)}` };
  }
  const text = await boundedText(response);
  if (text === undefined) return { outcome: 'failed', reason: 'an answer of more than 16 KiB' };
  const secretKey = keyIn(text);
  return secretKey === undefined
    ? { outcome: 'failed', reason: 'an answer without a `secret_key` that is a string and not empty' }
    : { outcome: 'key', secretKey };
}

/** Counts while reading: an endless body gets no further than the limit. Nothing is inflated. */
async function boundedText(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function keyIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'secret_key')) return undefined;
    const { secret_key: key } = body as { secret_key: unknown };
    return typeof key === 'string' && key.trim() !== '' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The messages of network errors may repeat the URL, their codes do not. */
function networkReason(error: unknown): string {
  if (error instanceof ProxyError) return error.code;
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^\w{1,60}$/.test(code)
    ? `${code}${KEY_HINTS.onCode(code)}`
    : 'a failed request';
}
