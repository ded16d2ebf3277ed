/** The secret in a fragment, `#` included; one that somebody cut is one, too, for whoever opens it is to be told. */
export function secretIn(hash: string): string | undefined {
  return /^#(share-[\w-]*)$/.exec(hash)?.[1];
}
