/** Says what keeps it from working, or how it works beside others: a process warning, unless `CERBERUS_WARNINGS=false`. */
export function warn(code: string, message: string): void {
  if (process.env['CERBERUS_WARNINGS']?.trim().toLowerCase() === 'false') return;
  process.emitWarning(message, { type: 'CerberusWarning', code });
}
