// What was stored before somebody asks: a part for each question, made up the same each time.
import type { SentEvent } from './stored-traffic.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** More than in any other hour. */
export const BUSY_REQUESTS = 700;
/** The pseudonym of a client that tries every path. */
export const SCANNER: string = 'ab'.repeat(32);

const at = (millis: number): string => new Date(millis).toISOString();

/** Does something as if it were at another time. */
export async function receivedAt(millis: number, act: () => Promise<void>): Promise<void> {
  const real = Date.now;
  const behind = real() - millis;
  Date.now = () => real() - behind;
  try {
    await act();
  } finally {
    Date.now = real;
  }
}

/** Of the application billing: for an hour 2.0.0, and then 2.1.0, in which invoices take ten times as long, and nothing else does. */
export function slowRelease(now: number): readonly SentEvent[] {
  return Array.from({ length: 240 }, (_, index) => {
    const minutes = index / 2;
    const isNew = minutes >= 60;
    const isInvoice = index % 2 === 0;
    const slower = isInvoice && isNew ? 10 : 1;
    return {
      client_id: 'billing',
      ...(isInvoice
        ? { endpoint: `/invoices/${index}`, route: '/invoices/:id' }
        : { endpoint: '/rates', route: '/rates' }),
      timestamp: at(now - 8 * HOUR + minutes * MINUTE),
      latency_ms: (38 + (index % 10)) * slower,
      service_version: isNew ? '2.1.0' : '2.0.0',
      deployment_environment: 'production',
    };
  });
}

/** More errors than there are in production. */
export function stagingErrors(now: number): readonly SentEvent[] {
  return Array.from({ length: 40 }, (_, index) => ({
    client_id: 'office',
    endpoint: '/mail',
    route: '/mail',
    status_code: 502,
    outcome: 'error',
    error_type: 'MailDown',
    timestamp: at(now - (45 - index) * MINUTE),
    deployment_environment: 'staging',
  }));
}

/** Exports of customers with one of two plans: of each five, one of plan-1 fails and one is aborted, and one of plan-2 fails. */
export function paidPlans(now: number): readonly SentEvent[] {
  return Array.from({ length: 15 }, (_, index) => {
    const kind = index % 5;
    return {
      client_id: 'office',
      endpoint: `/exports/${index}`,
      route: '/exports/:id',
      custom_data: { plan: kind < 2 ? 'plan-1' : 'plan-2', rows: index },
      timestamp: at(now - (40 - index) * MINUTE),
      ...((kind === 0 || kind === 2) && { status_code: 500, outcome: 'error' }),
      ...(kind === 1 && { outcome: 'aborted' }),
    };
  });
}

/** A client that looks into its cart, and cannot pay. */
export function curiousClient(now: number): readonly SentEvent[] {
  const own = { client_id: 'office', source_ip: 'cd'.repeat(32) };
  return [
    { ...own, endpoint: '/cart', timestamp: at(now - 30_000) },
    { ...own, endpoint: '/cart/items', timestamp: at(now - 20_000) },
    {
      ...own,
      endpoint: '/cart/pay',
      timestamp: at(now - 10_000),
      status_code: 503,
      outcome: 'error',
      error_type: 'CartLocked',
    },
  ];
}

/** Three hundred paths that are not there, of one client. */
export function scan(now: number): readonly SentEvent[] {
  return Array.from({ length: 300 }, (_, index) => ({
    endpoint: `/wp-${index}/setup.php`,
    status_code: 404,
    source_ip: SCANNER,
    timestamp: at(now - 30_000),
  }));
}

/** A whole hour three days ago with more requests than any other. */
export function busyHour(now: number): { readonly start: number; readonly events: readonly SentEvent[] } {
  const start = Math.floor(now / HOUR) * HOUR - 72 * HOUR;
  const events = Array.from({ length: BUSY_REQUESTS }, (_, index) => ({
    endpoint: '/sale',
    route: '/sale',
    latency_ms: 20,
    timestamp: at(start + index * 5000),
  }));
  return { start, events };
}
