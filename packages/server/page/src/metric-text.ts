const MAX_LENGTH = 160;

/** A metric's value; in quotes where nobody would see it. */
export function valueText(value: unknown): string {
  return typeof value === 'string' && value.trim() !== '' ? value : JSON.stringify(value);
}

/** An event's metrics in a line: `items 3 · gift true`. */
export function metricText(data: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(data)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(' · ');
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
