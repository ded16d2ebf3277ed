const { isIP } = process.getBuiltinModule('node:net');

/** What a review warns about. */
export type Suspicion = 'an IP address' | 'an e-mail address' | 'a query string';

const EMAIL = /[^\s@/]+@[^\s@/]+\.[^\s@/]{2,}/;
/** `?a=b`, or two pairs joined by `&`. */
const QUERY = /\?[^\s=&?]+=|(?:^|[\s?])[^\s=&?]+=[^\s&]*&[^\s=&]+=/;
/** Runs of what addresses are made of. */
const ADDRESS_CHARACTERS = /[0-9a-f.:]{3,}/gi;

/** What `text` looks like, plainly or percent-encoded; a version number of four parts looks like an address, too. */
export function suspicionsOf(text: string): readonly Suspicion[] {
  const found = new Set<Suspicion>();
  for (const form of new Set([text, decoded(text)])) {
    if (hasAddress(form)) found.add('an IP address');
    if (EMAIL.test(form)) found.add('an e-mail address');
    if (QUERY.test(form)) found.add('a query string');
  }
  return [...found];
}

function hasAddress(text: string): boolean {
  return (text.match(ADDRESS_CHARACTERS) ?? []).some(
    (run) => isIP(run) !== 0 || isIP(run.replace(/^[.:]+|[.:]+$|:\d{1,5}$/g, '')) !== 0,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
