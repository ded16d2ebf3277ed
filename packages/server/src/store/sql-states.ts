/** What PostgreSQL's codes mean that are an operator's matter. Its own messages may quote what was to be stored. */
const MEANINGS: Readonly<Record<string, string>> = {
  '22P05': 'a character that the encoding of the database does not have',
  '25006': 'it is read-only',
  '28000': 'it does not let this user in',
  '28P01': 'it does not let this user in',
  '3D000': 'there is no such database',
  '3F000': 'the user has no schema to make tables in',
  '42501': 'the user lacks a privilege',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it has no connection left',
  '57014': 'a statement was cancelled',
  '57P01': 'it is stopped, or somebody ended the connection',
  '57P03': 'it is starting or stopping',
};

/** A code of PostgreSQL (SQLSTATE), or of the system, with what it means where that is known: `53100, its disk is full`. */
export function explainedCode(code: string): string {
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return meaning === undefined ? code : `${code}, ${meaning}`;
}
