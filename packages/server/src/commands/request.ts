import { request as requestPlainly, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { Readable } from 'node:stream';

/** How a server is asked; as `fetch`. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** As long as `fetch` waits: exports wait for each other. */
const ANSWER_MILLIS = 300_000;
/** Fetch: an answer with one of these has no body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** How it is asked. */
export interface Manner {
  /** Trusts this certificate and no other; it need not be for the address. */
  readonly pinned?: string;
  /** So long the answer may take to begin, milliseconds. */
  readonly answerMillis?: number;
}

/**
 * As `fetch`, as far as commands need it, and follows no redirect. That of Node.js 20 never settles where a connection is taken and closed
 * at once, as a forwarded port does whose server is away, and a command would end without a word.
 */
export function send(
  url: URL,
  { method = 'GET', headers, body, signal }: RequestInit,
  { pinned, answerMillis = ANSWER_MILLIS }: Manner = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method,
      headers: headers as Record<string, string>,
      ...(signal ? { signal } : {}),
    };
    const request = url.protocol === 'https:' ? requestOverTls : requestPlainly;
    const sent = request(url, pinned === undefined ? options : { ...options, ...trusting(pinned) });
    const timer = setTimeout(() => sent.destroy(tooLate()), answerMillis);
    sent.once('response', (answer) => {
      clearTimeout(timer);
      try {
        resolve(responseOf(answer));
      } catch (error) {
        // A status that there is not.
        sent.destroy();
        reject(error);
      }
    });
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

function trusting(certificate: string): object {
  return {
    ca: certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
    agent: false,
  };
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = answer;
  const type = headers['content-type'];
  const init = { status, ...(type !== undefined && { headers: { 'content-type': type } }) };
  if (!WITHOUT_BODY.has(status)) return new Response(Readable.toWeb(answer) as ReadableStream, init);
  answer.resume();
  return new Response(null, init);
}

function tooLate(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
