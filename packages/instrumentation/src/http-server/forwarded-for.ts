import type { IncomingHttpHeaders } from 'node:http';

import { isIPv4 } from '../enrich/ipv4.ts';

/** A host as a client or a proxy names it. */
export interface NamedHost {
  readonly name: string;
  /** Undefined where none is named and the scheme tells none; not a number where none is written. */
  readonly port: number | undefined;
}

/** What a proxy says of the hop before it (RFC 7239). */
interface Hop {
  readonly host: string | undefined;
  readonly proto: string | undefined;
  readonly client: string | undefined;
}

const TOKEN = String.raw`[!#$%&'*+.^_\x60|~0-9A-Za-z-]+`;
/** One parameter and what follows it; spaces stand only before a name and behind a value that is followed by something. */
const PARAMETER = new RegExp(
  String.raw`[ \t]*(${TOKEN})=(?:"((?:[^"\\]|\\.)*)"|(${TOKEN}))(?:[ \t]*([,;])|$)`,
  'y',
);
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/**
 * `server.address` and `server.port`, as the semantic conventions for HTTP have them: of `Forwarded`, `X-Forwarded-Host` or `Host`. Any
 * client can write them.
 *
 * @param scheme of the connection
 */
export function namedHost(headers: IncomingHttpHeaders, scheme: string): NamedHost | undefined {
  if (headers.forwarded !== undefined) {
    const hop = hopsOf(headers.forwarded).find(({ host }) => isGiven(host));
    if (hop?.host !== undefined) return hostOf(hop.host, hop.proto);
  }
  const forwarded = headers['x-forwarded-host'];
  const proto = headers['x-forwarded-proto'];
  if (typeof forwarded === 'string') return hostOf(forwarded, typeof proto === 'string' ? proto : undefined);
  return isGiven(headers.host) ? hostOf(headers.host, scheme) : undefined;
}

/**
 * `client.address`, as the semantic conventions have it: what the left-most hop of `Forwarded` or `X-Forwarded-For` says, which any
 * client can write; else the peer.
 */
export function namedClient(headers: IncomingHttpHeaders, peer: string | undefined): string | undefined {
  if (headers.forwarded !== undefined) {
    const client = hopsOf(headers.forwarded).find((hop) => isGiven(hop.client))?.client;
    if (client !== undefined) return withoutPort(client);
  }
  const forwarded = headers['x-forwarded-for'];
  if (typeof forwarded !== 'string' || forwarded === '') return isGiven(peer) ? peer : undefined;
  const comma = forwarded.indexOf(',');
  return withoutPort((comma === -1 ? forwarded : forwarded.slice(0, comma)).trim());
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function hostOf(host: string, scheme: string | undefined): NamedHost {
  const last = host.lastIndexOf(':');
  const port = DEFAULT_PORTS[scheme ?? ''];
  if (last === -1) return { name: host, port };
  const split = { name: host.slice(0, last), port: Number(host.slice(last + 1)) };
  if (host.indexOf(':') === last) return split;
  // An IPv6 address. Without brackets nobody can tell a port from its last group.
  if (!host.startsWith('[')) return { name: host, port: undefined };
  if (host.endsWith(']')) return { name: host, port };
  return host[last - 1] === ']' ? split : { name: host, port: undefined };
}

function withoutPort(address: string): string {
  if (isIPv4(address)) return address;
  const url = `http://${address}`;
  if (!URL.canParse(url)) return address;
  const { hostname } = new URL(url);
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Strictly as RFC 7239 has it: a header that breaks its grammar anywhere says nothing. */
function hopsOf(header: string): readonly Hop[] {
  const hops: Hop[] = [];
  let hop: Record<string, string> = {};
  let isEnd = false;
  for (PARAMETER.lastIndex = 0; !isEnd;) {
    const match = PARAMETER.exec(header);
    if (match === null) return [];
    const [, name = '', quoted, token = '', separator] = match;
    hop[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? token;
    isEnd = separator === undefined;
    if (separator === ';') continue;
    hops.push({ host: hop['host'], proto: hop['proto'], client: hop['for'] });
    hop = {};
  }
  return hops;
}
