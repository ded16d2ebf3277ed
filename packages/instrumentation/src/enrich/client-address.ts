import { canonicalAddress } from './canonical-address.ts';
import { nearestScheme, parseForwarded, parseXForwarded, type ForwardedHop } from './forwarded-header.ts';
import type { Trust } from './trust-proxy.ts';

/** Which header the trusted proxies write. The other one is ignored: a client could have sent it. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

/** What is known about where a request came from, copied when it arrived. */
export interface Origin {
  /** The socket's peer as Node or the span names it; absent for a unix socket. */
  readonly peer: string | undefined;
  /** The peer is a process of this machine behind a unix socket: a proxy, by its nature. */
  readonly unixSocket: boolean;
  /** The listener speaks TLS; absent where the request is not known. */
  readonly encrypted: boolean | undefined;
  readonly xForwardedFor: string;
  readonly xForwardedProto: string;
  readonly forwarded: string;
}

/** Where a request came from, as far as trusted parties say. */
export interface Client {
  /** Canonical; absent when nobody trusted names an address. */
  readonly address: string | undefined;
  /** `http` or `https`; absent where the request is not known. */
  readonly scheme: string | undefined;
}

/**
 * Finds the client: from the socket's peer leftwards through the forwarded hops for as long as the one that
 * speaks is trusted, as Express does. The first one that is not trusted is the client. What is no address ends
 * the walk at the last trusted one: nobody can make us hash text of their choice.
 */
export function findClient(origin: Origin, trust: Trust | undefined, header: ForwardedHeader): Client {
  const peer = origin.peer === undefined ? undefined : canonicalAddress(origin.peer);
  const own = schemeOf(origin);
  if (trust === undefined || !isTrustedPeer(peer, origin, trust)) return { address: peer, scheme: own };
  const hops =
    header === 'forwarded'
      ? parseForwarded(origin.forwarded)
      : parseXForwarded(origin.xForwardedFor, origin.xForwardedProto);
  const walked = walk(hops, trust);
  const nearest = header === 'forwarded' ? hops.at(-1)?.scheme : nearestScheme(origin.xForwardedProto);
  return { address: walked?.address ?? peer, scheme: known(walked?.scheme ?? nearest) ?? own };
}

function isTrustedPeer(peer: string | undefined, origin: Origin, trust: Trust): boolean {
  return peer === undefined ? origin.unixSocket : trust(peer, 0);
}

function walk(hops: readonly ForwardedHop[], trust: Trust): Client | undefined {
  let reached: Client | undefined;
  for (let index = hops.length - 1; index >= 0; index -= 1) {
    const hop = hops[index];
    const address = hop?.from === undefined ? undefined : canonicalAddress(hop.from);
    if (address === undefined) return reached;
    reached = { address, scheme: hop?.scheme ?? reached?.scheme };
    if (!trust(address, hops.length - index)) return reached;
  }
  return reached;
}

function schemeOf(origin: Origin): string | undefined {
  if (origin.encrypted === undefined) return undefined;
  return origin.encrypted ? 'https' : 'http';
}

function known(scheme: string | undefined): string | undefined {
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}
