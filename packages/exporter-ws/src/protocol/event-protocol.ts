import type { EventBatch } from '../queue/event-batch.ts';
import type { Message } from './message.ts';
import type { ServiceMembers } from '../config/service-members.ts';

/**
 * Makes the messages of event mode: the constant credentials, serialised once, in front of each event's members, and what the
 * application says of itself behind them.
 *
 * @returns a function from events to a message for each, UTF-8 JSON with the seed's eight fields first
 */
export function eventMessages(
  token: string,
  clientId: string,
  service: ServiceMembers = {},
): (events: EventBatch) => Message[] {
  const credentials = JSON.stringify({ api_key: token, client_id: clientId, token });
  const head = Buffer.from(`${credentials.slice(0, -1)},`);
  const said = JSON.stringify(service);
  if (said !== '{}') {
    const tail = Buffer.from(`,${said.slice(1)}`);
    // Without the braces of the event itself.
    return (events) => events.map((bytes, start, end) => [head, bytes.subarray(start + 1, end - 1), tail]);
  }
  // The event's own opening brace is the one that `head` already has.
  return (events) => events.map((bytes, start, end) => [head, bytes.subarray(start + 1, end)]);
}

/**
 * Whether an answer of event mode refuses its event: a JSON object with `status: "error"` or an `error` member
 * that says something. Any other text, JSON or not, is an acknowledgement.
 */
export function isRefusal(answer: string): boolean {
  if (!answer.includes('error')) return false;
  try {
    const json: unknown = JSON.parse(answer);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
    const { status, error } = json as Readonly<Record<string, unknown>>;
    return status === 'error' || (error !== undefined && error !== null && error !== false);
  } catch {
    return false;
  }
}
