import { expect } from 'chai';

import type { CerberusServer } from '../../../dist/server.js';
import { wireEvent } from '../events/events.js';
import { call, TOKEN } from './server-fixture.js';

const RANGE = { since: '2025-03-01T11:00:00Z', until: '2025-03-01T13:00:00Z' };
/** What a link is asked to show. */
export const OVERVIEW = { view: 'overview', ...RANGE };
export const ENDPOINT = { view: 'endpoint', ...RANGE, method: 'GET', endpoint: '/api/users/:id' };

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** Sends JSON as an administrator, unless the headers say otherwise. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** A new link. */
export async function makeLink(
  { url }: CerberusServer,
  wish: unknown,
  headers: Record<string, string> = {},
): Promise<{ secret: string; id: string }> {
  const { status, body } = await post(`${url}/api/shares`, wish, headers);
  expect(status, JSON.stringify(body)).to.equal(201);
  return { secret: String(body['secret']), id: String(body['id']) };
}

/** Asks as whoever has the link. */
export function withLink(
  { url }: CerberusServer,
  secret: string,
  path: string,
  headers = {},
): Promise<Answer> {
  return call(`${url}${path}`, { headers: { authorization: `Bearer ${secret}`, ...headers } });
}

/** Stores an event of an application. */
export async function sendEvent({ url }: CerberusServer, client_id: string, members = {}): Promise<void> {
  const { status } = await post(`${url}/v1/ingest/batch`, { events: [{ ...wireEvent(members), client_id }] });
  expect(status).to.equal(200);
}

/** The cookie of a session. */
export async function cookieOf({ url }: CerberusServer, token: string = TOKEN): Promise<string> {
  const { headers } = await post(`${url}/api/session`, { token });
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}
