import { parseDestination, type Destination } from '../../../dist/alerts/delivery/destination.js';
import type { DeliveryResult } from '../../../dist/alerts/delivery/result.js';
import { send } from '../../../dist/alerts/delivery/send.js';
import { testPayload, type Message } from '../../../dist/alerts/messages/payload.js';
import { START } from '../events/events.js';

export const MESSAGE: Message = { id: 'message-1', payload: testPayload('entry-1', 'ops', START, undefined) };

export const LINKED: Message = {
  id: 'message-2',
  payload: testPayload('entry-1', 'ops', START, 'https://a.example/?view=alerts&status=5xx'),
};

/** A destination, of all but its name. */
export function to(value: object): Destination {
  const parsed = parseDestination({ name: 'ops', ...value });
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

export function sendTo(value: object, message: Message = MESSAGE): Promise<DeliveryResult> {
  return send(to(value), message, new AbortController().signal);
}
