import type { ServerOptions } from '../../../dist/config.js';
import { startServer, type CerberusServer } from '../../../dist/server.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { expectDescribed } from './described-answers.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const running: CerberusServer[] = [];

export const TOKEN = 'test-token-1';

/** Tests send events of fixed times. */
const LONG_AGO: ServerOptions = { maxEventAgeDays: 36_500 };

/**
 * A server on a free port that keeps nothing, unless the options say otherwise. Each of its answers to `fetch` must be as its API is
 * described. It is stopped after the test, or by {@link stopServers}.
 */
export async function server(options: ServerOptions = {}): Promise<CerberusServer> {
  const started = await startServer({
    port: 0,
    db: ':memory:',
    token: TOKEN,
    secretKey: 'k',
    ...LONG_AGO,
    ...options,
  });
  expectDescribed(started.url);
  running.push(started);
  afterTest(stopServers);
  return started;
}

export async function stopServers(): Promise<void> {
  await within('the servers to stop', Promise.all(running.splice(0).map((started) => started.close())));
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A request to one of the JSON endpoints, by default with the right token. */
export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    ...(init.headers as Record<string, string> | undefined),
  };
  const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(8000) });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
