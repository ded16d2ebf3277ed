import type { Log } from '../log.ts';

/** How the command logs. */
export const LOG_FORMATS = ['text', 'json'] as const;

/** `text`: for people. `json`: an object a line, for what collects logs. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** More than a message says, in `json` only. */
type Fields = Readonly<Record<string, string | number>>;

/** The log of a command. */
export interface CommandLog {
  readonly format: LogFormat;
  readonly log: Log;
  /** Why the command ends, or does not start. */
  readonly failed: (message: string, code: string | undefined) => void;
  /** As `log`, with fields. */
  readonly said: (message: string, fields: Fields) => void;
}

/** @param write takes a line with its line break */
export function createCommandLog(format: LogFormat, write: (line: string) => void): CommandLog {
  const json = (level: string, message: string, fields: Fields = {}): void =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  if (format === 'json') {
    return {
      format,
      log: (level, message) => json(level, message),
      failed: (message, code) => json('error', message, code === undefined ? {} : { code }),
      said: (message, fields) => json('info', message, fields),
    };
  }
  return {
    format,
    log: (level, message) => write(`cerberus-server: ${level}: ${message}\n`),
    failed: (message) => write(`cerberus-server: ${message}\n`),
    said: (message) => write(`cerberus-server: info: ${message}\n`),
  };
}
