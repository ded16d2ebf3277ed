import { isIPv4 } from './ipv4.ts';

const { isIPv6 } = process.getBuiltinModule('node:net');

const MAPPED_PREFIX = '::ffff:';
const LONGEST_ADDRESS = 128;

/**
 * The one text of an address: without surrounding spaces, port, brackets and zone, an IPv4-mapped IPv6 address
 * as IPv4, IPv6 as in RFC 5952. Two spellings of one client give one text, and so one pseudonym.
 *
 * @returns `undefined` for anything that is no address: `unknown`, an obfuscated identifier, markup
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (text.startsWith(MAPPED_PREFIX)) {
    const mapped = text.slice(MAPPED_PREFIX.length);
    if (isIPv4(mapped)) return mapped;
  }
  if (text.length > LONGEST_ADDRESS) return undefined;
  return canonicalNode(text.trim());
}

function canonicalNode(node: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(node)?.[1];
  const host = bracketed ?? /^([\d.]+):\d{1,5}$/.exec(node)?.[1] ?? node;
  if (isIPv4(host)) return bracketed === undefined ? host : undefined;
  const zone = host.indexOf('%');
  const address = zone === -1 ? host : host.slice(0, zone);
  return isIPv6(address) ? fromGroups(groupsOf(address.toLowerCase())) : undefined;
}

/** The eight 16-bit groups of a valid, lower-case IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const before = groupsOfPart(head);
  if (tail === undefined) return before;
  const after = groupsOfPart(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsOfPart(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function fromGroups(groups: readonly number[]): string {
  const [, , , , , marker, high = 0, low = 0] = groups;
  if (marker === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  const hex = groups.map((group) => group.toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** RFC 5952, 4.2: the longest run of zero groups is compressed, of equally long ones the first. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
