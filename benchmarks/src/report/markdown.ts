import { isVoid, spreadOf, type Spread } from '../harness/statistics.ts';

/** A Markdown table; the first column is text, the others are numbers. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = header.map((_, index) => (index === 0 ? '---' : '--:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** `12.3 (11.9 – 13.0)`: median and quartiles, or that they mean nothing. */
export function cell(values: readonly number[], digits = 1): string {
  return values.length === 0 ? '' : spreadCell(spreadOf(values), digits);
}

export function spreadCell(spread: Spread, digits = 1): string {
  const quartiles = `${number(spread.q1, digits)} – ${number(spread.q3, digits)}`;
  return isVoid(spread) ? `void (${quartiles})` : `${number(spread.median, digits)} (${quartiles})`;
}

export function number(value: number, digits = 1): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
