/** Every reason for which the server refuses to start or to go on. Stable: match on these, not on messages. */
export type CerberusServerErrorCode =
  | 'INVALID_OPTION'
  | 'PORT_IN_USE'
  | 'LISTEN_FAILED'
  | 'DB_LOCKED'
  | 'DB_CORRUPT'
  | 'DB_SCHEMA'
  | 'DB_UNAVAILABLE'
  | 'CREDENTIALS_FILE'
  | 'STORE_CLOSED'
  | 'STORE_UNAVAILABLE'
  | 'STORE_BUSY';

/** Thrown (as a rejection) by {@link startServer} and the stores. The message never contains a token or key. */
export class CerberusServerError extends Error {
  override readonly name = 'CerberusServerError';
  /** Stable identifier of the reason. */
  readonly code: CerberusServerErrorCode;

  constructor(code: CerberusServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The text of anything thrown; for logs and for wrapping foreign errors. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node.js system error, if it is one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
