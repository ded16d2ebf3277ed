import { request } from 'node:http';

interface Options {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Hang up after the first bytes of the response. */
  abort?: boolean;
}

/** One HTTP request; resolves with the status, or 0 when it was aborted. */
export function send(
  url: string,
  { method = 'GET', headers = {}, body, abort = false }: Options = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { connection: 'close', ...headers } }, (response) => {
      if (abort) {
        outgoing.destroy();
        resolve(0);
        return;
      }
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.on('error', (error) => (abort ? resolve(0) : reject(error)));
    outgoing.end(body);
  });
}
