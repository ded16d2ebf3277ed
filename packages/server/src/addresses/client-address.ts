import type { IncomingMessage } from 'node:http';

import { canonicalAddress } from './canonical-address.ts';
import { compileTrust, type Trust, type TrustProxy } from './trusted-proxies.ts';

const MAX_HEADER_CHARACTERS = 4096;
const MAX_HOPS = 50;

/** Whose limits a request counts against. */
export type ClientAddress = (message: IncomingMessage) => string;

/** The client of a request to this server, as its own socket and trusted proxies say. */
export function createClientAddress(option: TrustProxy): ClientAddress {
  const trust = compileTrust(option);
  return ({ socket, headers }) => {
    const peer = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    return trust === undefined ? peer : walkForwarded(peer, String(headers['x-forwarded-for'] ?? ''), trust);
  };
}

/**
 * From the peer leftwards through `X-Forwarded-For` for as long as the one that speaks is trusted, as
 * Express and the instrumentation do. What is no address ends the walk at the last trusted one.
 *
 * @param peer canonical, empty where it is not known
 */
export function walkForwarded(peer: string, header: string, trust: Trust): string {
  if (!trust(peer, 0)) return peer;
  const hops = hopsOf(header);
  let reached = peer;
  for (let index = hops.length - 1; index >= 0; index -= 1) {
    const address = canonicalAddress(hops[index] ?? '');
    if (address === undefined) return reached;
    reached = address;
    if (!trust(address, hops.length - index)) return reached;
  }
  return reached;
}

/** Of a header over 4 KiB, or with more than 50 hops, those at its right end: a client cannot push away what trusted proxies say there. */
function hopsOf(text: string): readonly string[] {
  const hops = text.slice(-MAX_HEADER_CHARACTERS).split(',');
  // The first one may be half an address.
  if (text.length > MAX_HEADER_CHARACTERS) hops.shift();
  return hops
    .map((hop) => hop.trim())
    .filter(Boolean)
    .slice(-MAX_HOPS);
}
