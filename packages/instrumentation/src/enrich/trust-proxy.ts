import { invalid, listOf, type OptionKind } from '@cerberus-otel/exporter-ws/internal';
import { Networks } from './networks.ts';

const { isIP } = process.getBuiltinModule('node:net');

/** Whether the proxy at `hop` (0 is the socket's peer) may be believed. `address` is canonical. */
export type Trust = (address: string, hop: number) => boolean;

/** The option as given: a number of hops, or networks; `false` trusts nobody. */
export type TrustProxy = false | number | readonly string[];

const RULE = 'false, a number of hops from 0 to 50, or a list of addresses and networks (CIDR)';
const MAX_HOPS = 50;

/** For whoever brings Express's `trust proxy: true`, which believes the left-most entry: the one that a client writes. */
const NOT_EVERYBODY =
  'true, which would believe whatever address a client writes into the header: give the number of your own proxies, 1 for one';

const NOBODY = new Set(['false', 'no']);
const EVERYBODY = new Set(['true', 'yes']);

/** The names that Express's `trust proxy` knows. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** The option `trustProxy`; absent differs from `false` only in that the hint about proxies may be given. */
export function trustProxyOption(): OptionKind<TrustProxy | undefined> {
  return {
    fallback: undefined,
    fromEnv(value) {
      if (NOBODY.has(value.toLowerCase())) return false;
      if (/^\d+$/.test(value)) return Number(value);
      if (EVERYBODY.has(value.toLowerCase())) return true;
      return listOf(value);
    },
    parse(value, name) {
      if (value === false) return false;
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_HOPS)
        return value;
      if (value === true) return invalid(name, RULE, NOT_EVERYBODY);
      if (!Array.isArray(value)) return invalid(name, RULE, typeof value);
      for (const [index, network] of value.entries()) {
        if (!isNetwork(network)) return invalid(name, RULE, `no network at index ${index}`);
      }
      return Object.freeze([...value]) as readonly string[];
    },
  };
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
export function compileTrust(option: TrustProxy | undefined): Trust | undefined {
  if (option === undefined || option === false || option === 0) return undefined;
  if (typeof option === 'number') return (_address, hop) => hop < option;
  if (option.length === 0) return undefined;
  const networks = new Networks();
  for (const network of option.flatMap((entry) => networksOf(entry))) {
    const [address = '', prefix] = network.split('/');
    networks.add(address, prefix === undefined ? undefined : Number(prefix));
  }
  return (address) => networks.has(address);
}
