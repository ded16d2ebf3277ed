import { createTransport } from 'nodemailer';

import { systemCodeOf } from '../../errors.ts';
import type { Message } from '../messages/payload.ts';
import type { EmailDestination } from './destination.ts';
import type { DeliveryResult } from './result.ts';
import { ANSWER_MILLIS } from './web-post.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };

/** The server has refused the message for good (RFC 5321, 4.2.1). */
const PERMANENT = 500;

/** What is wrong with sender, receiver or text. A wrong password or certificate is one that somebody may set right. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * Writes a message to people. A password goes over TLS only, but on this machine.
 *
 * @param stop - gives it up
 */
export async function sendEmail(
  { smtp, from, to }: EmailDestination,
  { id, payload }: Message,
  stop: AbortSignal,
): Promise<DeliveryResult> {
  const url = new URL(smtp);
  const user = decodeURIComponent(url.username);
  const transport = createTransport({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || DEFAULT_PORTS[url.protocol],
    secure: url.protocol === 'smtps:',
    requireTLS: user !== '' && !isThisMachine(url.hostname),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: ANSWER_MILLIS,
    greetingTimeout: ANSWER_MILLIS,
    socketTimeout: ANSWER_MILLIS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const end = (): void => transport.close();
  stop.addEventListener('abort', end, { once: true });
  try {
    const { text, url: page } = payload.data;
    const [subject = ''] = text.split('\n', 1);
    await transport.sendMail({
      from,
      to: [...to],
      subject,
      text: page === undefined ? text : `${text}\n\n${page}`,
      messageId: `<${id}@cerberus>`,
      date: new Date(payload.timestamp),
    });
    return { kind: 'delivered' };
  } catch (error) {
    return failureOf(error);
  } finally {
    stop.removeEventListener('abort', end);
    end();
  }
}

function isThisMachine(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/.test(host);
}

/** Codes only: what a mail server says may have addresses in it. */
function failureOf(error: unknown): DeliveryResult {
  const status =
    typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : undefined;
  const code = systemCodeOf(error);
  const reason = typeof status === 'number' ? `status ${status}` : (code ?? 'no connection');
  const isForGood = OF_THE_MESSAGE.has(code ?? '') && typeof status === 'number' && status >= PERMANENT;
  return { kind: isForGood ? 'refused' : 'failed', reason };
}
