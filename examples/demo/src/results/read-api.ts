import { DemoError } from '../demo-error.ts';

/** An event as the server's read API shows it; only what is used here. */
export interface StoredEvent {
  readonly method: string;
  readonly endpoint: string;
  readonly route?: string;
  readonly status_code?: number;
  readonly latency_ms?: number;
  readonly outcome?: string;
  readonly custom_data: Readonly<Record<string, unknown>>;
  readonly trace_id?: string;
  readonly span_id?: string;
}

/** The server's own figures; only what is used here. */
export interface Summary {
  readonly requests: number;
  readonly errors: number;
  readonly clients: number;
  readonly latency_ms: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
}

const ANSWER_MILLIS = 20_000;
const PAGE_EVENTS = 1000;

/** Reads what the server has stored of one client. */
export class ReadApi {
  readonly #url: string;
  readonly #token: string;
  readonly #clientId: string;

  constructor(url: string, token: string, clientId: string) {
    this.#url = url;
    this.#token = token;
    this.#clientId = clientId;
  }

  async summary(): Promise<Summary> {
    return (await this.#get('/api/summary', {})) as Summary;
  }

  /** All events, page by page, newest first. */
  async *events(): AsyncGenerator<StoredEvent> {
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = (await this.#get('/api/events', {
        limit: String(PAGE_EVENTS),
        ...(cursor === '' ? {} : { cursor }),
      })) as { events: readonly StoredEvent[]; next: string | null };
      yield* page.events;
      cursor = page.next;
    }
  }

  async #get(path: string, params: Readonly<Record<string, string>>): Promise<unknown> {
    const query = new URLSearchParams({ client_id: this.#clientId, ...params });
    const response = await fetch(`${this.#url}${path}?${query.toString()}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    });
    if (!response.ok) throw new DemoError(`the server answers ${path} with status ${response.status}`);
    return response.json();
  }
}
