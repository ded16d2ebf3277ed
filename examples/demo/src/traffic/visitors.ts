import { randomBytes } from 'node:crypto';

/** What a visitor's own tracing says about sampling; most have none. */
type Sampling = 'none' | 'sampled' | 'unsampled';

/** Somebody who uses the shop: one address, one tracing set-up. */
export interface Visitor {
  readonly address: string;
  readonly sampling: Sampling;
}

/** Visitors with distinct addresses, of the ranges that RFC 5737 and RFC 3849 keep for documentation. */
export function createVisitors(count: number): readonly Visitor[] {
  return Array.from({ length: count }, (_, index) => ({
    address: addressOf(index),
    sampling: index % 8 === 0 ? 'unsampled' : index % 8 === 1 ? 'sampled' : 'none',
  }));
}

function addressOf(index: number): string {
  const number = Math.floor(index / 3) + 1;
  if (index % 3 === 0) return `2001:db8::${number.toString(16)}`;
  const network = index % 3 === 1 ? '198.51.100' : '203.0.113';
  return number < 255 ? `${network}.${number}` : `2001:db8:${index % 3}::${number.toString(16)}`;
}

/**
 * The headers that reach the shop through its reverse proxy. The proxy appends the visitor's address; some
 * visitors have written an address of their own before it, which must not count.
 */
export function headersOf({ address, sampling }: Visitor, random: () => number): Record<string, string> {
  const spoofed = random() < 0.1 ? `192.0.2.${Math.floor(random() * 255)}, ` : '';
  const headers: Record<string, string> = { 'x-forwarded-for': `${spoofed}${address}` };
  if (sampling !== 'none') {
    const flags = sampling === 'sampled' ? '01' : '00';
    headers['traceparent'] =
      `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags}`;
  }
  return headers;
}
