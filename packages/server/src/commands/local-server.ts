import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { Readable } from 'node:stream';

import type { ServerConfig } from '../config.ts';

/** How a server is asked; as `fetch`. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** The server on this machine, with the options that it was started with. */
export function localServer({ port, tlsCert }: Pick<ServerConfig, 'port' | 'tlsCert'>): {
  readonly base: string;
  readonly fetch: Fetch;
} {
  if (tlsCert === undefined) return { base: `http://127.0.0.1:${port}`, fetch };
  const base = `https://127.0.0.1:${port}`;
  return { base, fetch: async (url, init) => fetchPinned(url, init, await readFile(tlsCert, 'utf8')) };
}

/** Trusts the certificate that the server was given and no other; it need not be for the address of this machine. */
async function fetchPinned(url: URL, { method = 'GET', headers, body }: RequestInit, ca: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: headers as Record<string, string>,
      ca,
      allowPartialTrustChain: true,
      checkServerIdentity: () => undefined,
      agent: false,
    } as const;
    const sent = request(url, options, (answer) => {
      const { statusCode = 500 } = answer;
      resolve(new Response(Readable.toWeb(answer) as ReadableStream, { status: statusCode }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
