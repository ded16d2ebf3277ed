import type { Reporter } from '@cerberus-otel/exporter-ws/internal';

/** Counts what went wrong inside hooks, where nothing may be thrown, and reports each kind once. */
export class HookFailures {
  readonly #reporter: Reporter;
  readonly #reported = new Set<string>();
  #count = 0;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  get count(): number {
    return this.#count;
  }

  /** Never throws, whatever `error` is. */
  add(hook: string, error: unknown): void {
    this.#count += 1;
    if (this.#reported.has(hook)) return;
    this.#reported.add(hook);
    try {
      this.#reporter.condition(
        'CERBERUS_HOOK_FAILED',
        `${hook} failed (${nameOf(error)}); requests are not affected, but their events may be incomplete`,
      );
    } catch {
      // A logger of the application threw. There is nobody left to tell.
    }
  }
}

/** The kind of an error. Its message is foreign text, and may hold an address. */
export function nameOf(error: unknown): string {
  try {
    const name = error instanceof Error ? error.name : typeof error;
    return /^\w{1,40}$/.test(name) ? name : 'Error';
  } catch {
    return 'Error';
  }
}
