/** What became of one custom metric. */
export type MetricRow =
  | {
      readonly name: string;
      readonly type: 'number';
      readonly events: number;
      readonly min: number;
      readonly mean: number;
      readonly max: number;
    }
  | { readonly name: string; readonly type: 'boolean'; readonly events: number; readonly true: number }
  | {
      readonly name: string;
      readonly type: 'text' | 'list';
      readonly events: number;
      /** The most frequent values and how often each was seen. */
      readonly top: readonly (readonly [string, number])[];
    };

const TOP = 3;
/** A text that is different in every event must not fill the memory of a demo that runs for days. */
const MAX_DISTINCT = 1000;

/** Figures of the custom metrics in the stored events. */
export class MetricFigures {
  readonly #values = new Map<string, Values>();

  add(customData: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(customData)) {
      const values = this.#values.get(name) ?? new Values();
      this.#values.set(name, values);
      values.add(value);
    }
  }

  /** By name. */
  rows(): readonly MetricRow[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => values.row(name));
  }
}

class Values {
  #events = 0;
  #type: MetricRow['type'] = 'text';
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  readonly #counts = new Map<string, number>();

  add(value: unknown): void {
    this.#events += 1;
    if (typeof value === 'number') this.#addNumber(value);
    else if (typeof value === 'boolean') this.#count('boolean', String(value));
    else if (Array.isArray(value)) this.#count('list', value.join(' '));
    else this.#count('text', String(value));
  }

  row(name: string): MetricRow {
    const base = { name, events: this.#events };
    if (this.#type === 'number') {
      return {
        ...base,
        type: 'number',
        min: this.#min,
        mean: rounded(this.#sum / this.#events),
        max: this.#max,
      };
    }
    if (this.#type === 'boolean') return { ...base, type: 'boolean', true: this.#counts.get('true') ?? 0 };
    const top = [...this.#counts].sort((a, b) => b[1] - a[1]).slice(0, TOP);
    return { ...base, type: this.#type, top };
  }

  #addNumber(value: number): void {
    this.#type = 'number';
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#sum += value;
  }

  #count(type: MetricRow['type'], value: string): void {
    this.#type = type;
    if (this.#counts.size >= MAX_DISTINCT && !this.#counts.has(value)) return;
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }
}

/** Further digits of a mean were never measured. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
