/** Where a list of records is kept, as JSON: a file of this server, or the database of several. */
export interface Shelf {
  /** @returns what `parse` makes of it; `undefined` where there is nothing yet. @throws CerberusServerError `CREDENTIALS_FILE` */
  readonly read: <T>(parse: (value: unknown) => T) => T | undefined;
  /** @throws CerberusServerError `CREDENTIALS_FILE` */
  readonly write: (value: unknown) => void;
}
