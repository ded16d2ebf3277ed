import type { Message } from '../messages/payload.ts';
import { signatureHeaders } from '../messages/signature.ts';
import type { Destination } from './destination.ts';
import type { DeliveryResult } from './result.ts';
import { slackBody } from './slack.ts';
import { postJson } from './web-post.ts';

/** Sends a message. Never rejects. */
export type Send = (destination: Destination, message: Message, stop: AbortSignal) => Promise<DeliveryResult>;

/** Sends a message the way that its destination is of. */
export const send: Send = async (destination, message, stop) => {
  const { id, payload } = message;
  if (destination.kind === 'email') {
    // Its library is loaded where somebody is written to.
    const { sendEmail } = await import('./email.ts');
    return sendEmail(destination, message, { stop });
  }
  const { url } = destination;
  if (destination.kind === 'slack') return postJson({ url, body: slackBody(payload) }, stop);
  const body = JSON.stringify(payload);
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = signatureHeaders(destination.secret ?? '', { id, timestamp, body });
  return postJson({ url, body, headers }, stop);
};
