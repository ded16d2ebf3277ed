import { createRequire } from 'node:module';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { send, listen } from '../support/http-server.js';

/** Loads an instrumented module the way that RITM patches, whatever the module system of the script. */
export const require: NodeJS.Require = createRequire(import.meta.url);

/** Serves one request with `handler` and gives the response. */
export async function serveOnce(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  headers: Readonly<Record<string, string>> = {},
  target = '/served?token=canary',
): Promise<string> {
  void require('node:http');
  const server = await listen(handler);
  const answer = await send(server.port, { target, headers });
  await server.close();
  return answer;
}

/** One line of a child's output: what its test looks at. */
export function report(result: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`\n${JSON.stringify(result)}\n`);
}
