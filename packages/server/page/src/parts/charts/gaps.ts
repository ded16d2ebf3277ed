/** Indexes of values that stand between gaps. */
export function isolated(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const [before, here, after] = [values[index - 1], values[index], values[index + 1]];
    if (typeof here === 'number' && typeof before !== 'number' && typeof after !== 'number')
      found.push(index);
  }
  return found;
}
