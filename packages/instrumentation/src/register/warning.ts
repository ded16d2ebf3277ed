/** As other switches have it; said here once more, for this is loaded before anything else is. */
const NO: ReadonlySet<string> = new Set(['false', '0', 'no']);

/** Says what keeps it from working, or how it works beside others: a process warning, unless `CERBERUS_WARNINGS=false`. */
export function warn(code: string, message: string): void {
  if (NO.has(process.env['CERBERUS_WARNINGS']?.trim().toLowerCase() ?? '')) return;
  process.emitWarning(message, { type: 'CerberusWarning', code });
}
