export type StoredEvent = Record<string, unknown>;

/** Every stored event, or those of a client, oldest first, through the server's read API. */
export async function readEvents(url: string, token: string, clientId?: string): Promise<StoredEvent[]> {
  const filter = clientId === undefined ? '' : `&client_id=${encodeURIComponent(clientId)}`;
  const events: StoredEvent[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url}/api/events?limit=1000${filter}${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`the read API answered ${response.status}`);
    const page = (await response.json()) as { events: StoredEvent[]; next: string | null };
    events.push(...page.events);
    cursor = page.next;
  }
  return events.toReversed();
}
