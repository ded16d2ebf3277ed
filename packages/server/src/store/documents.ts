/** A small thing that a store keeps beside events, such as a rule. */
export interface StoredDocument {
  readonly kind: string;
  readonly id: string;
  /** 1 when it is new, one more with each change. */
  readonly version: number;
  /** JSON text. */
  readonly content: string;
}

/** What becomes of a document. */
export interface DocumentChange {
  readonly kind: string;
  readonly id: string;
  /** The version that it must be of; 0: there must be none. */
  readonly version: number;
  /** JSON text; `undefined` removes it. */
  readonly content: string | undefined;
}

/**
 * Documents of a store, the same for all servers on a database. Whoever changes one says which version they know, so of two that change it
 * at once one does, and the other hears that it did not.
 */
export interface Documents {
  /** Those of some kinds, in the order in which they were made. */
  readonly list: (kinds: readonly string[]) => Promise<readonly StoredDocument[]>;
  /**
   * Makes all changes, or none where a document is not of the version that it must be of; each document at most once.
   *
   * @returns whether it made them: then they are durable. When it rejects, nothing is known.
   */
  readonly change: (changes: readonly DocumentChange[]) => Promise<boolean>;
}
