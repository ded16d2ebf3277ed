/**
 * The words of the filter that a link may have. Others find single people, sessions or requests, or say more of them than a link without
 * details shows, so they are for those who have a token.
 */
export const SHARED_WORDS = [
  'method',
  'endpoint',
  'endpoint_contains',
  'status',
  'outcome',
  'failed',
  'synthetic',
  'release',
  'environment',
  'latency_ms_min',
  'latency_ms_max',
] as const;

/** A word of the filter that a link may have. */
export type SharedWord = (typeof SHARED_WORDS)[number];

/** Words of the filter with the values that they have in a query. */
export type SharedFilter = Readonly<Partial<Record<SharedWord, string>>>;

/** The words that name an endpoint, which the view of one says by itself. */
export const ENDPOINT_WORDS: readonly SharedWord[] = ['method', 'endpoint'];
const MAX_TEXT_BYTES = 2048;

/** Reads a filter; none for what is missing. @returns the rule that is broken, as text */
export function parseSharedFilter(value: unknown): SharedFilter | string {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return '`filter` must be an object';
  const entries = Object.entries(value);
  const other = entries.find(([name]) => !SHARED_WORDS.some((each) => each === name));
  if (other !== undefined) return `\`filter\` may have these words: ${SHARED_WORDS.join(', ')}`;
  if (!entries.every(([, text]) => isText(text)))
    return `each word of \`filter\` must be a text of 1 to ${MAX_TEXT_BYTES} bytes`;
  return Object.fromEntries(entries);
}

/** Senders make some of these up, so anything may be in them. */
function isText(value: unknown): boolean {
  const isGiven = typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0');
  return isGiven && Buffer.byteLength(value) <= MAX_TEXT_BYTES;
}
