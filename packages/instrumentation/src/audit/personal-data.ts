const { isIP } = process.getBuiltinModule('node:net');

/** What a review warns about. */
export type Suspicion = 'an IP address' | 'an e-mail address' | 'a query string';

const EMAIL = /[^\s@/]+@[^\s@/]+\.[^\s@/]{2,}/;
/** `?a=b`, or two pairs joined by `&`. */
const QUERY = /\?[^\s=&?]+=|(?:^|[\s?])[^\s=&?]+=[^\s&]*&[^\s=&]+=/;
/** With dots, or with dashes as names of hosts have it. */
const IPV4 = /(?<!\d)\d{1,3}([.-])\d{1,3}(?:\1\d{1,3}){2}(?!\d)/g;
/** Runs of what addresses of IPv6 are made of. */
const IPV6_CHARACTERS = /[0-9a-f.:]{3,}/gi;

/** What `text` looks like, plainly or percent-encoded, once or twice; a version number of four parts looks like an address, too. */
export function suspicionsOf(text: string): readonly Suspicion[] {
  const found = new Set<Suspicion>();
  const once = decoded(text);
  for (const form of new Set([text, once, decoded(once)])) {
    if (hasAddress(form)) found.add('an IP address');
    if (EMAIL.test(form)) found.add('an e-mail address');
    if (QUERY.test(form)) found.add('a query string');
  }
  return [...found];
}

function hasAddress(text: string): boolean {
  if ((text.match(IPV4) ?? []).some((run) => isIP(run.replaceAll('-', '.')) !== 0)) return true;
  return (text.match(IPV6_CHARACTERS) ?? []).some(
    (run) => isIP(run) !== 0 || isIP(run.replace(/^[.:]+|[.:]+$|:\d{1,5}$/g, '')) !== 0,
  );
}

/** Whatever else is in it: one escape that says nothing must not hide the others. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('latin1');
    }
  });
}
