import type { WarningCode } from '../observe/reporter.ts';
import type { Disconnect } from '../protocol/connection.ts';
import type { Evidence } from '../protocol/isolation.ts';
import { fullJitter, type BackoffLimits } from './backoff.ts';
import { hintOnClose, STREAM_HINTS } from './hints.ts';

/** What to do about it. */
export type Verdict =
  /** Try again after the usual backoff, or `minMillis` to `maxMillis` where the peer asked for it. */
  | { readonly action: 'retry'; readonly minMillis?: number; readonly maxMillis?: number }
  /** Try again rarely: it will not help soon. */
  | { readonly action: 'suspend'; readonly code: WarningCode }
  /** The same when it happens on several attempts in a row; once may be the network's fault. */
  | { readonly action: 'suspend_if_repeated'; readonly code: WarningCode };

const MAX_RETRY_AFTER_MILLIS = 5 * 60_000;
/** Close codes that say the credentials are no good: RFC 6455 §7.4.1 "policy violation", and PROTOCOL.md's own. */
const CREDENTIAL_CLOSE_CODES = new Set([1008, 4401, 4403]);
/** Close codes that say nothing about what was sent: RFC 6455 §7.4.1, IANA's registry (1012, 1013), and PROTOCOL.md's own. */
const INNOCENT_CLOSE_CODES = new Set([1001, 1012, 1013, 4408, 4409, ...CREDENTIAL_CLOSE_CODES]);
/**
 * Statuses of 400 to 499 that say "later". 408 is what a server or a proxy answers to a request that came too slowly (RFC 9110 §15.5.9),
 * such as that of a process whose event loop was blocked.
 */
const LATER_STATUSES = new Set([408, 429]);
/** Certificates that do not prove what they should: only a change of configuration mends that. */
const CERTIFICATE_FAILURE = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT|UNABLE_TO_)/;
/** A byte that changed on the way, RFC 8446 §6.2 `bad_record_mac` and `decrypt_error`: no configuration does that. */
const CORRUPTION = /^ERR_SSL_.*(BAD_RECORD_MAC|DECRYPT_ERROR)/;
/** Other failures of TLS: spoken to a plain port, no version in common, or a byte that changed in a handshake. */
const TLS_FAILURE = /^(EPROTO$|ERR_SSL_|ERR_TLS_)/;

/** What the end of a connection means for the next one. Pure; the table is in PROTOCOL.md. */
export function verdictOn(end: Disconnect, wallClockMillis: number): Verdict {
  switch (end.kind) {
    case 'closed':
      return verdictOnCloseCode(end.code);
    case 'upgrade_refused':
      return verdictOnStatus(end.status, end.retryAfter, wallClockMillis);
    case 'failed':
      return verdictOnFailure(end.code);
    case 'not_batch':
      return { action: 'suspend', code: 'CERBERUS_SUSPENDED' };
    case 'timeout':
    case 'protocol_violation':
      return { action: 'retry' };
  }
}

/** Whether a refused upgrade may have been refused for the subprotocol that it offered. */
export function isRefusalOfOffer(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 403 && !LATER_STATUSES.has(status);
}

/** What the end of an established connection says about the events that were in flight on it. */
export function evidenceOf(end: Disconnect): Evidence {
  switch (end.kind) {
    case 'closed':
      if (end.code === 1009) return 'too_large';
      return INNOCENT_CLOSE_CODES.has(end.code) ? 'none' : 'fault';
    case 'failed':
      return 'fault';
    case 'timeout':
      return end.what === 'acknowledgement' ? 'fault' : 'none';
    default:
      return 'none';
  }
}

function verdictOnFailure(code: string): Verdict {
  if (CERTIFICATE_FAILURE.test(code)) return { action: 'suspend', code: 'CERBERUS_SUSPENDED' };
  return TLS_FAILURE.test(code) && !CORRUPTION.test(code)
    ? { action: 'suspend_if_repeated', code: 'CERBERUS_SUSPENDED' }
    : { action: 'retry' };
}

function verdictOnCloseCode(code: number): Verdict {
  if (CREDENTIAL_CLOSE_CODES.has(code)) return { action: 'suspend', code: 'CERBERUS_CREDENTIALS_REFUSED' };
  // IANA's registry: on "service restart" a client should come back after a random 5 to 30 seconds.
  if (code === 1012) return { action: 'retry', minMillis: 5_000, maxMillis: 30_000 };
  return { action: 'retry' };
}

function verdictOnStatus(status: number, retryAfter: string | undefined, wallClockMillis: number): Verdict {
  if (status === 401 || status === 403) return { action: 'suspend', code: 'CERBERUS_CREDENTIALS_REFUSED' };
  if (status < 500 && !LATER_STATUSES.has(status)) return { action: 'suspend', code: 'CERBERUS_SUSPENDED' };
  const asked = retryAfterMillis(retryAfter, wallClockMillis);
  return asked === undefined ? { action: 'retry' } : { action: 'retry', minMillis: asked, maxMillis: asked };
}

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3: seconds or a date), at most five minutes.
 *
 * @returns undefined for what is absent, in the past or malformed
 */
export function retryAfterMillis(value: string | undefined, wallClockMillis: number): number | undefined {
  const trimmed = value?.trim() ?? '';
  const millis = /^\d+$/.test(trimmed) ? Number(trimmed) * 1e3 : httpDate(trimmed) - wallClockMillis;
  return millis > 0 ? Math.min(millis, MAX_RETRY_AFTER_MILLIS) : undefined;
}

/** IMF-fixdate, the only form of an HTTP date that is still sent. */
function httpDate(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
    ? Date.parse(value)
    : NaN;
}

/** Milliseconds before the next attempt after a `retry`: never shorter than the backoff would be. */
export function retryDelay(
  verdict: { readonly minMillis?: number; readonly maxMillis?: number },
  attempt: number,
  limits: BackoffLimits,
  random: number,
): number {
  const computed = fullJitter(attempt, limits, random);
  const { minMillis = 0, maxMillis = minMillis } = verdict;
  return Math.max(computed, Math.round(minMillis + (maxMillis - minMillis) * random));
}

const SUSPENSION_MILLIS = 60_000;
const MAX_SUSPENSION_MILLIS = 5 * 60_000;

/** Milliseconds before the next attempt while suspended: from one minute, with jitter, up to five. */
export function suspensionDelay(attempt: number, random: number): number {
  const cap = Math.min(MAX_SUSPENSION_MILLIS, SUSPENSION_MILLIS * 2 ** Math.min(attempt + 1, 8));
  return Math.round(SUSPENSION_MILLIS + (cap - SUSPENSION_MILLIS) * random);
}

const WAITED_FOR = {
  connect: 'no connection',
  welcome: 'no welcome of the backend',
  acknowledgement: 'no acknowledgement',
  ping: 'no answer to a ping',
} as const;

/** One line for people: what happened, and what may be wrong, with nothing in it that the peer wrote. */
export function describe(end: Disconnect): string {
  switch (end.kind) {
    case 'closed':
      return `the backend closed the connection with code ${end.code}${hintOnClose(end.code)}`;
    case 'upgrade_refused':
      return `the backend answered the WebSocket upgrade with status ${end.status}${STREAM_HINTS.onStatus(end.status)}`;
    case 'failed':
      return `the connection failed with ${end.code}${STREAM_HINTS.onCode(end.code)}`;
    case 'timeout':
      return `${WAITED_FOR[end.what]} came in time`;
    case 'not_batch':
    case 'protocol_violation':
      return end.why;
  }
}
