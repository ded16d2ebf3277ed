import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';

import { createTransport, type Transporter } from 'nodemailer';

import { SECOND_MILLIS } from '../../durations.ts';
import { systemCodeOf } from '../../errors.ts';
import type { Message } from '../messages/payload.ts';
import type { EmailDestination } from './destination.ts';
import { limitOf } from './limit.ts';
import type { DeliveryResult } from './result.ts';
import { decoded, userInfoOf } from './user-info.ts';
import { ANSWER_MILLIS } from './web-post.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };

/** The server has refused the message for good (RFC 5321, 4.2.1). */
const PERMANENT = 500;

/** What is wrong with sender, receiver or text. A wrong password or certificate is one that somebody may set right. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

/** Who writes has to sign in first, or otherwise, or over TLS, whatever command is told so (RFC 3207, 4; RFC 4954, 6). */
const OF_SIGNING_IN: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** So long all of it may take, however much the server talks: less than a message is held, or another server sends it too. */
const MAIL_MILLIS: number = 45 * SECOND_MILLIS;

/** How a message is sent. */
interface Sending {
  /** Gives it up. */
  readonly stop: AbortSignal;
  /** Of all of it. Default {@link MAIL_MILLIS}. */
  readonly limitMillis?: number;
}

/** Writes a message to people, but not to those who have it already. A password goes over TLS only, but on this machine. */
export async function sendEmail(
  destination: EmailDestination,
  message: Message,
  { stop, limitMillis = MAIL_MILLIS }: Sending,
): Promise<DeliveryResult> {
  const { from } = destination;
  const { id, payload, reached = [] } = message;
  const to = [...new Set(destination.to)];
  const left = to.filter((address) => !reached.includes(markOf(id, address)));
  if (left.length === 0) return { kind: 'delivered' };
  const limit = limitOf(limitMillis, stop);
  const transport = transportTo(destination.smtp, limitMillis);
  try {
    const { text, url: page } = payload.data;
    const [subject = ''] = text.split('\n', 1);
    const { rejected = [], rejectedErrors = [] } = await transport.sendMail({
      from,
      to,
      envelope: { from, to: left },
      subject,
      text: page === undefined ? text : `${text}\n\n${page}`,
      messageId: `<${id}@cerberus>`,
      date: new Date(payload.timestamp),
      // Nobody's absence is told to who writes it (RFC 3834, 5).
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: limit.signal,
    });
    const refused = new Set(rejected.map(asOneOf));
    const taken = left.filter((address) => !refused.has(asOneOf(address)));
    const marks = taken.map((address) => markOf(id, address));
    return outcomeOf(
      rejectedErrors.map(({ responseCode = 0 }) => responseCode),
      [...reached, ...marks],
    );
  } catch (error) {
    if (limit.isOver())
      return { kind: 'failed', reason: `not taken within ${limitMillis / SECOND_MILLIS} s` };
    return reached.length === 0 ? failureOf(error) : restOf(failureOf(error), left.length, reached);
  } finally {
    limit.end();
    transport.close();
  }
}

function transportTo(smtp: string, limitMillis: number): Transporter {
  const url = new URL(smtp);
  const { user = '', password = '' } = userInfoOf(url) ?? {};
  return createTransport({
    host: hostOf(url),
    port: Number(url.port) || DEFAULT_PORTS[url.protocol],
    secure: url.protocol === 'smtps:',
    requireTLS: user !== '' && !isThisMachine(url.hostname),
    ...(user !== '' && { auth: { user, pass: password } }),
    connectionTimeout: ANSWER_MILLIS,
    greetingTimeout: ANSWER_MILLIS,
    // A server may look at a message for long before it takes it. Who gives up sooner sends it again.
    socketTimeout: limitMillis,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** As it is asked for. URLs have names of other letters in escapes, but those of the web. */
function hostOf({ hostname }: URL): string {
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  return domainToASCII(decoded(name)) || name;
}

function isThisMachine(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/.test(host);
}

/** An address as it is compared: that its domain is written in another way makes no other one of it. */
function asOneOf(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return address.slice(0, at + 1) + (domainToASCII(domain) || domain.toLowerCase());
}

/** Says who of those that one message is for has it, and shows no address. */
function markOf(id: string, address: string): string {
  return createHash('sha256').update(`${id} ${address}`).digest('hex').slice(0, 16);
}

/** What it comes to where some have it, and others were refused with these codes. */
function outcomeOf(codes: readonly number[], reached: readonly string[]): DeliveryResult {
  if (codes.length === 0) return { kind: 'delivered' };
  const later = codes.find((code) => code < PERMANENT);
  const all = codes.length + reached.length;
  const reason = `${codes.length} of ${all} addresses: status ${later ?? codes[0]}`;
  return later === undefined ? { kind: 'delivered', reason } : { kind: 'failed', reason, reached };
}

/** What an attempt comes to that failed for all who are left, where others have it. */
function restOf(result: DeliveryResult, left: number, reached: readonly string[]): DeliveryResult {
  if (result.kind === 'failed') return { ...result, reached };
  return { kind: 'delivered', reason: `${left} of ${left + reached.length} addresses: ${result.reason}` };
}

/** Codes only: what a mail server says may have addresses in it. */
function failureOf(error: unknown): DeliveryResult {
  const { responseCode: status, originalCode, command } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const code = systemCodeOf(error);
  // Its own code says less, such as `ESOCKET` of a certificate that is not good.
  const why = typeof originalCode === 'string' ? originalCode : (code ?? 'no connection');
  // A password is asked for, and goes over TLS only.
  const isWithoutTls = code === 'ETLS' && command === 'STARTTLS';
  const answer = isWithoutTls ? `no STARTTLS, status ${String(status)}` : `status ${String(status)}`;
  const reason = typeof status === 'number' ? answer : why;
  const isForGood =
    OF_THE_MESSAGE.has(code ?? '') &&
    typeof status === 'number' &&
    status >= PERMANENT &&
    !OF_SIGNING_IN.has(status);
  return { kind: isForGood ? 'refused' : 'failed', reason };
}
