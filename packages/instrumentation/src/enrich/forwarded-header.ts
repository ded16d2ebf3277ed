/** One proxy's statement about the hop before it; members absent where it said nothing usable. */
export interface ForwardedHop {
  /** Who sent the request to that proxy, as written: an address with or without port, or anything else. */
  readonly from?: string;
  /** `http` or `https`, lower case. */
  readonly scheme?: string;
}

/** Of a longer header only the right end is read: trusted proxies write there, and a client cannot push away what they say. */
const MAX_HEADER_CHARACTERS = 4096;
const MAX_HOPS = 50;
/** In one element. Each is looked at, and a client may write thousands. */
const MAX_QUOTED_COMMAS = 50;

/** RFC 7239, 4: token "=" ( token / quoted-string ). */
const PARAMETER = /^\s*([^\s=;,"]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*$/;

/**
 * The hops of an `X-Forwarded-For` header with the schemes of its `X-Forwarded-Proto`, client first. The two
 * lists are paired from the right, where trusted proxies write; a shorter list of schemes, as when only the
 * first proxy sets it, repeats its left-most entry. Empty elements are nobody's: they are skipped (RFC 9110, 5.6.1.2).
 *
 * @returns of a header over 4 KiB, or with more than 50 hops, those at its right end
 */
export function parseXForwarded(forwardedFor: string, forwardedProto: string): readonly ForwardedHop[] {
  const addresses = elementsOf(forwardedFor);
  const schemes = elementsOf(forwardedProto);
  return addresses.map((from, index) => {
    const scheme = schemes[Math.max(0, schemes.length - addresses.length + index)];
    return scheme === undefined ? { from } : { from, scheme: scheme.toLowerCase() };
  });
}

/** The right-most scheme of an `X-Forwarded-Proto` header: what the nearest proxy said. */
export function nearestScheme(forwardedProto: string): string | undefined {
  return elementsOf(forwardedProto).at(-1)?.toLowerCase();
}

/**
 * The hops of a `Forwarded` header (RFC 7239), client first. What does not parse becomes a hop without
 * members, so that hops keep their places; empty elements are skipped (RFC 9110, 5.6.1.2).
 *
 * It is read from the right, so that a quote which a client opens and does not close swallows nothing of what proxies write behind it.
 *
 * @returns of a header over 4 KiB, or with more than 50 hops, those at its right end
 */
export function parseForwarded(header: string): readonly ForwardedHop[] {
  const text = rightEnd(header);
  const hops: ForwardedHop[] = [];
  let end = text.length;
  // Empty elements are no hops, but count: of these, too, a client may write thousands.
  for (let read = 0; end >= 0 && read < MAX_HOPS; read += 1) {
    const start = startOfElement(text, end);
    const element = text.slice(start, end);
    if (element.trim() !== '') hops.push(hopOf(element));
    end = start - 1;
  }
  return hops.toReversed();
}

/** Where the element begins that ends at `end`: behind the nearest comma that stands in no quoted string, as far as that can be told. */
function startOfElement(text: string, end: number): number {
  const rest = text.slice(0, end);
  let comma = rest.lastIndexOf(',');
  for (let quoted = 0; comma > 0 && quoted < MAX_QUOTED_COMMAS; quoted += 1) {
    if (isElement(rest.slice(comma + 1))) return comma + 1;
    comma = rest.lastIndexOf(',', comma - 1);
  }
  return comma === 0 && isElement(rest.slice(1)) ? 1 : 0;
}

/** What has a quote has all of a quoted string, or else its comma is part of one. */
function isElement(text: string): boolean {
  return !text.includes('"') || splitUnquoted(text, ';').every((pair) => PARAMETER.test(pair));
}

function elementsOf(header: string): readonly string[] {
  if (header === '') return [];
  if (!header.includes(','))
    return header.length > MAX_HEADER_CHARACTERS ? [] : [header.trim()].filter(Boolean);
  const elements = rightEnd(header)
    .split(',')
    .map((entry) => entry.trim());
  return elements.filter(Boolean).slice(-MAX_HOPS);
}

function rightEnd(header: string): string {
  if (header.length <= MAX_HEADER_CHARACTERS) return header;
  const end = header.slice(-MAX_HEADER_CHARACTERS);
  const comma = end.indexOf(',');
  return comma === -1 ? '' : end.slice(comma + 1);
}

function hopOf(element: string): ForwardedHop {
  const hop: { from?: string; scheme?: string } = {};
  for (const pair of splitUnquoted(element, ';')) {
    const [, name, quoted, token] = PARAMETER.exec(pair) ?? [];
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? token;
    if (name === undefined || value === undefined) continue;
    // A parameter must not occur twice (RFC 7239, 4): the first one stands.
    if (name.toLowerCase() === 'for') hop.from ??= value;
    else if (name.toLowerCase() === 'proto') hop.scheme ??= value.toLowerCase();
  }
  return hop;
}

function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
