/** Colours for a terminal that shows them; plain text otherwise. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** https://no-color.org: any value but the empty one turns colours off. */
export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

export function createPaint(colour: boolean): Paint {
  const style =
    (on: number, off: number) =>
    (text: string): string =>
      colour && text !== '' ? `\u001B[${on}m${text}\u001B[${off}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), good: style(32, 39), bad: style(31, 39) };
}
