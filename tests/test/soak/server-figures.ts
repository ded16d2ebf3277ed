import { setTimeout as sleep } from 'node:timers/promises';
import { eachEvent } from '../support/reads.js';

const DAY_MILLIS = 86_400_000;
const range = {
  since: new Date(Date.now() - 7 * DAY_MILLIS).toISOString(),
  until: new Date(Date.now() + 740 * DAY_MILLIS).toISOString(),
};
/** The parameters of a range in which everything lies, also what came while the server's clock was a year ahead. */
export const ALL_TIME = new URLSearchParams(range).toString();
/** Longer than a server takes that was busy or has just started. */
const READY_MILLIS = 60_000;

/** Requests and how many of them failed, as the server says that it has stored, or as they are in its events. */
export interface Figures {
  readonly requests: number;
  readonly errors: number;
}

/** Asks until there is an answer, or for as long as a server may take to be ready. */
async function untilAnswered(url: string, token: string): Promise<Response> {
  const deadline = performance.now() + READY_MILLIS;
  for (;;) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).catch(
      () => undefined,
    );
    if (response?.ok === true) return response;
    if (performance.now() > deadline)
      throw new Error(`the server answered with ${response?.status ?? 'nothing'} for a minute`);
    await sleep(50);
  }
}

/** @throws when it is not within a minute */
export async function isReady(url: string, token: string): Promise<void> {
  await untilAnswered(`${url}/readyz`, token);
}

/** What the server's aggregates say of all time, of a client or of all. */
export async function aggregated(url: string, token: string, clientId?: string): Promise<Figures> {
  const client = clientId === undefined ? '' : `&client_id=${encodeURIComponent(clientId)}`;
  const answer = await untilAnswered(`${url}/api/overview?${ALL_TIME}${client}`, token);
  const { totals } = (await answer.json()) as { totals: Figures };
  return { requests: totals.requests, errors: totals.errors };
}

/** What is stored, event by event. */
export interface Stored {
  /** Different events by the name of their producer, and by its client id. */
  readonly byName: ReadonlyMap<string, number>;
  readonly byClient: ReadonlyMap<string, Figures>;
  /** Arrivals of what was there. */
  readonly duplicates: number;
}

/** @param exported how many events each producer made, by its name */
export async function stored(
  url: string,
  token: string,
  exported: ReadonlyMap<string, number>,
): Promise<Stored> {
  const seen = new Map([...exported].map(([name, count]) => [name, new Uint8Array(count)]));
  const byName = new Map<string, number>();
  const byClient = new Map<string, Figures>();
  let duplicates = 0;
  for await (const event of eachEvent(url, token)) {
    const [name = '', index = ''] = String(event['endpoint']).replace('/orders/', '').split('-');
    const marks = seen.get(name);
    if (marks?.[Number(index)] === undefined) throw new Error('an event is stored that nobody sent');
    if (marks[Number(index)] === 0) byName.set(name, (byName.get(name) ?? 0) + 1);
    else duplicates += 1;
    marks[Number(index)] = 1;
    const clientId = String(event['client_id']);
    const { requests, errors } = byClient.get(clientId) ?? { requests: 0, errors: 0 };
    const isError = event['outcome'] === 'error';
    byClient.set(clientId, { requests: requests + 1, errors: errors + (isError ? 1 : 0) });
  }
  return { byName, byClient, duplicates };
}
