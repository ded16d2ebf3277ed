import { BlockList, isIP } from 'node:net';

import { canonicalAddress } from './canonical-address.ts';

/** Which proxies may say where a request comes from: a number of hops, or addresses and networks; `false` trusts nobody. */
export type TrustProxy = false | number | readonly string[];

/** Whether the proxy at `hop` (0 is the socket's peer) may be believed. `address` is canonical. */
export type Trust = (address: string, hop: number) => boolean;

const MAX_HOPS = 50;
/** What the option has to be, in words. */
export const TRUST_PROXY_RULE =
  'must be false, a number of hops from 0 to 50, or a list of addresses and networks (CIDR)';

/** The names that Express's `trust proxy` knows. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * Reads the option as code, a flag or a variable has it. `true` is refused: it would believe whatever a client writes.
 *
 * @returns `undefined` for what breaks {@link TRUST_PROXY_RULE}
 */
export function parseTrustProxy(value: unknown): TrustProxy | undefined {
  if (typeof value === 'string') return parseTrustProxy(fromText(value));
  if (value === false) return value;
  if (typeof value === 'number') {
    return Number.isInteger(value) && value >= 0 && value <= MAX_HOPS ? value : undefined;
  }
  return Array.isArray(value) && value.every(isNetwork) ? Object.freeze([...value] as string[]) : undefined;
}

function fromText(text: string): false | true | number | readonly string[] {
  if (/^(?:false|no)$/i.test(text)) return false;
  if (/^(?:true|yes)$/i.test(text)) return true;
  if (/^\d+$/.test(text)) return Number(text);
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function networksOf(entry: string): readonly string[] {
  return Object.hasOwn(NAMED_NETWORKS, entry) ? (NAMED_NETWORKS[entry] ?? []) : [entry];
}

function isNetwork(entry: unknown): boolean {
  if (typeof entry !== 'string') return false;
  return networksOf(entry).every((network) => {
    const [address = '', prefix, ...rest] = network.split('/');
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return false;
    return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
  });
}

/** Compiles the option; `undefined` when nobody is trusted, so that headers need not be read at all. */
export function compileTrust(option: TrustProxy): Trust | undefined {
  if (option === false || option === 0) return undefined;
  if (typeof option === 'number') return (_address, hop) => hop < option;
  if (option.length === 0) return undefined;
  const list = new BlockList();
  for (const network of option.flatMap((entry) => networksOf(entry))) addNetwork(list, network);
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (prefix !== undefined) return list.addSubnet(address, Number(prefix), family);
  // Peers are compared in canonical form, where a mapped address has become IPv4.
  const canonical = canonicalAddress(address) ?? address;
  return list.addAddress(canonical, isIP(canonical) === 6 ? 'ipv6' : 'ipv4');
}
