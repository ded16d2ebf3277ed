// What the documents say of single requests, over the lines of an export and nothing else.

/** A line of an NDJSON export; null where there is no value. */
export interface Exported {
  readonly client_id: string;
  readonly received_at: string;
  readonly source_ip: string | null;
  readonly endpoint: string;
  readonly scheme: boolean | null;
  readonly method: string;
  readonly custom_data: Readonly<Record<string, unknown>>;
  readonly timestamp: string | null;
  readonly status_code: number | null;
  readonly latency_ms: number | null;
  readonly route: string | null;
  readonly outcome: string | null;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly error_type: string | null;
  readonly request_body_size: number | null;
  readonly response_body_size: number | null;
  readonly user_agent_synthetic_type: string | null;
  readonly service_version: string | null;
  readonly deployment_environment: string | null;
  readonly consumer: string | null;
  readonly consumer_group: string | null;
  readonly consumer_label: string | null;
  readonly path_group: string | null;
}

/** The lines of an export, in the order in which they were stored. */
export function readLines(ndjson: string): readonly Exported[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exported);
}

/** When it began, or when it was received if it does not say; milliseconds since the epoch. */
export function timeOf({ timestamp, received_at: receivedAt }: Exported): number {
  return Date.parse(timestamp ?? receivedAt);
}

/** Whether it counts among `errors`. */
export function hasFailed({ outcome, status_code: status }: Exported): boolean {
  if (outcome !== null) return outcome === 'error';
  return status !== null && status >= 500;
}

/** The name under which it is listed. */
export function nameOf({ route, path_group: group, endpoint }: Exported): string {
  return route ?? group ?? endpoint;
}

/** As which method it is listed: those of no route, and of too many templates, are together. */
export function listedMethod(event: Exported): string | null {
  return ['(no route)', '(other)'].includes(nameOf(event)) ? null : event.method;
}

/** The class of its status. */
export function statusClass({ status_code: status }: Exported): '2xx' | '3xx' | '4xx' | '5xx' | 'none' {
  if (status === null || status < 200) return 'none';
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}

/** Latencies of those that have one, milliseconds. */
export function latenciesOf(events: readonly Exported[]): readonly number[] {
  return events.flatMap(({ latency_ms: latency }) => (latency === null ? [] : [latency]));
}

/** A time as answers write it. */
export function iso(millis: number): string {
  return new Date(millis).toISOString();
}

/** Parts of a list by a key, in the order in which the keys come first. */
export function partsBy<T>(
  list: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const parts = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [item]);
    else part.push(item);
  }
  return parts;
}
