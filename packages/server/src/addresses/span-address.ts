import { canonicalAddress } from './canonical-address.ts';
import { walkForwarded } from './client-address.ts';
import { compileTrust, type TrustProxy } from './trusted-proxies.ts';

/** Which attributes may say who a request came from. */
export const ADDRESS_SOURCES = ['peer', 'client'] as const;

/**
 * `peer`: the connection's other end, or what trusted proxies say in a header that is on the span. `client`: also `client.address`,
 * which most SDKs take from the left-most entry of that header, whoever wrote it.
 */
export type AddressSource = (typeof ADDRESS_SOURCES)[number];

/** The newest name first. */
const PEER = ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'];
const CLIENT = ['client.address', 'http.client_ip'];
/** Where an SDK was told to copy it; the second is how older ones write it. */
const FORWARDED = ['http.request.header.x-forwarded-for', 'http.request.header.x_forwarded_for'];

const NAMES: ReadonlySet<string> = new Set([...PEER, ...CLIENT, ...FORWARDED]);

/** Whether an attribute of a span may tell the client's address. */
export function isAddressName(name: string): boolean {
  return NAMES.has(name);
}

/** The canonical address of the client of a SERVER span; `undefined` where nobody says it who may. */
export type SpanAddress = (attributes: Readonly<Record<string, unknown>>) => string | undefined;

/** @param option proxies in front of the applications */
export function createSpanAddress(option: TrustProxy, source: AddressSource): SpanAddress {
  const trust = compileTrust(option);
  return (attributes) => {
    const peer = addressIn(attributes, PEER);
    const header = trust === undefined ? undefined : headerIn(attributes);
    if (trust !== undefined && header !== undefined)
      return walkForwarded(peer ?? '', header, trust) || undefined;
    return (source === 'client' ? addressIn(attributes, CLIENT) : undefined) ?? peer;
  };
}

/** As the conventions have it, a list of the header's lines. */
function headerIn(attributes: Readonly<Record<string, unknown>>): string | undefined {
  const value = FORWARDED.map((name) => attributes[name]).find((each) => each !== undefined);
  if (Array.isArray(value)) return value.filter((line) => typeof line === 'string').join(',');
  return typeof value === 'string' ? value : undefined;
}

function addressIn(
  attributes: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | undefined {
  const text = names.map((name) => attributes[name]).find((value) => typeof value === 'string');
  return typeof text === 'string' ? canonicalAddress(text) : undefined;
}
