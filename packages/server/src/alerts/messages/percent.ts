/** No number is shown with more digits more than usual. */
export const MOST_DIGITS = 9;

/**
 * A share of 0 to 1 in per cent: two digits that count, of what is not small three, and so many more that nearly everything does not look
 * like everything.
 *
 * @param more - digits than that
 */
export function percent(share: number, more = 0): number {
  const shown = Number((share * 100).toPrecision((share < 0.1 ? 2 : 3) + more));
  return shown === 100 && share < 1 && more < MOST_DIGITS ? percent(share, more + 1) : shown;
}
