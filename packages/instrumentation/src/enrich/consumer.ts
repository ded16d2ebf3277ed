/** Whom a request is served for, as the application says it. */
export interface Consumer {
  /** Becomes a pseudonym. */
  readonly id: string;
  readonly group: string | undefined;
  readonly label: string | undefined;
}

/** What `setConsumer` is told besides the id; at most {@link MAX_NAME_CHARACTERS} characters each, what is longer is cut. */
export interface ConsumerDetails {
  /** What the consumer belongs to, such as its plan. Sent as it is. */
  readonly group?: string | undefined;
  /** What people call it. Sent as it is, so let it be no person's name. */
  readonly label?: string | undefined;
}

/** Longest group and label, UTF-16 units. */
export const MAX_NAME_CHARACTERS = 128;

/** @returns undefined for an id that is none, and for a group or a label that is no text */
export function consumerOf(id: unknown, details: ConsumerDetails): Consumer | undefined {
  const text = typeof id === 'number' && Number.isFinite(id) ? String(id) : id;
  if (typeof text !== 'string' || text === '') return undefined;
  const { group, label } = details;
  if (!isNameOrNone(group) || !isNameOrNone(label)) return undefined;
  return { id: text, group: named(group), label: named(label) };
}

function isNameOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

/** Well-formed, without NUL, which databases refuse, and not cut within a character. */
function named(value: string | null | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const clean = value.slice(0, MAX_NAME_CHARACTERS).replaceAll('\0', '\u{FFFD}');
  const isCutInCharacter = value.length > MAX_NAME_CHARACTERS && /[\uD800-\uDBFF]$/.test(clean);
  return (isCutInCharacter ? clean.slice(0, -1) : clean).toWellFormed();
}
