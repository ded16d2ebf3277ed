export type StoredEvent = Record<string, unknown>;

/** Every stored event, or those of a client, newest first, page by page through the server's read API. */
export async function* eachEvent(
  url: string,
  token: string,
  clientId?: string,
): AsyncGenerator<StoredEvent, void> {
  const filter = clientId === undefined ? '' : `&client_id=${encodeURIComponent(clientId)}`;
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url}/api/events?limit=1000${filter}${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`the read API answered ${response.status}`);
    const page = (await response.json()) as { events: StoredEvent[]; next: string | null };
    yield* page.events;
    cursor = page.next;
  }
}

/** The same as an array, oldest first. */
export async function readEvents(url: string, token: string, clientId?: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of eachEvent(url, token, clientId)) events.push(event);
  return events.toReversed();
}
