/** Wrong tokens of the current minute, at all servers that share a database. */
export interface GuessTotals {
  /** Milliseconds until the minute is over. */
  readonly millisLeft: number;
  /** From all senders. */
  readonly total: number;
  /** By sender, of those who guessed most. */
  readonly bySender: ReadonlyMap<string, number>;
}

/** Where servers count wrong tokens together. */
export interface SharedGuesses {
  /**
   * Adds those of this server. Rejects where the database is away.
   *
   * @param bySender - under names that tell no address
   */
  readonly add: (bySender: ReadonlyMap<string, number>) => Promise<GuessTotals>;
}
