/** Why a configuration was refused. Closed set; new values come only with a major version. */
export type CerberusConfigErrorCode =
  | 'OPTION_MISSING'
  | 'OPTION_INVALID'
  | 'OPTION_UNKNOWN'
  | 'OPTION_MISPLACED'
  | 'INSECURE_TRANSPORT';

/**
 * A configuration that cannot work. Thrown by constructors only, never later.
 *
 * The message names the option and the rule and, where that is safe, an excerpt of the value. It never holds
 * a token, a key, an address or a URL. Both module systems may be loaded in one process, so test `code`
 * rather than `instanceof`.
 */
export class CerberusConfigError extends Error {
  readonly code: CerberusConfigErrorCode;
  /** The option at fault, as it is spelled in code. */
  readonly option: string;

  constructor(code: CerberusConfigErrorCode, option: string, message: string) {
    super(message);
    this.name = 'CerberusConfigError';
    this.code = code;
    this.option = option;
  }
}
