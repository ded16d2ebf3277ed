/** How much a line matters. */
export type LogLevel = 'info' | 'warn' | 'error';

/** Receives one line per change of state: counts, codes and names of options; never a payload, token or address. */
export type Log = (level: LogLevel, message: string) => void;
