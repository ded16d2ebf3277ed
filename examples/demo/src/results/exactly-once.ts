/** What identifies a stored request, and what it is compared by. */
export interface IdentifiedRequest {
  readonly method: string;
  readonly endpoint: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

/** How far what is stored agrees with what happened. All zero but the first two: every request exactly once. */
export interface Comparison {
  /** Counted where they happened. */
  readonly requests: number;
  /** Distinct ones that are stored. */
  readonly stored: number;
  /** Counted, but not stored. */
  readonly lost: number;
  /** Stored more than once: the superfluous ones. */
  readonly duplicates: number;
  /** Stored, but never counted. */
  readonly unexpected: number;
}

/** The stored requests, told apart by trace and span, counted by method and path. */
export class StoredRequests {
  readonly #seen = new Set<string>();
  readonly #byTarget = new Map<string, number>();
  #rows = 0;

  add({ method, endpoint, trace_id: trace = '', span_id: span = '' }: IdentifiedRequest): void {
    this.#rows += 1;
    const id = `${trace} ${span}`;
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    const target = `${method} ${endpoint}`;
    this.#byTarget.set(target, (this.#byTarget.get(target) ?? 0) + 1);
  }

  /** Stored rows, duplicates included. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Compares target by target, so that a lost request and a surplus one do not cancel out.
   *
   * @param counted requests by `GET /path`
   */
  compare(counted: Readonly<Record<string, number>>): Comparison {
    let requests = 0;
    let lost = 0;
    let unexpected = 0;
    for (const target of new Set([...Object.keys(counted), ...this.#byTarget.keys()])) {
      const happened = Object.hasOwn(counted, target) ? (counted[target] ?? 0) : 0;
      const missing = happened - (this.#byTarget.get(target) ?? 0);
      requests += happened;
      lost += Math.max(0, missing);
      unexpected += Math.max(0, -missing);
    }
    return { requests, stored: this.#seen.size, lost, duplicates: this.#rows - this.#seen.size, unexpected };
  }
}

/** Whether every request is stored exactly once. */
export function isExactlyOnce({ lost, duplicates, unexpected }: Comparison): boolean {
  return lost === 0 && duplicates === 0 && unexpected === 0;
}
