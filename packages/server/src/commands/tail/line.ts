import { NO_ROUTE } from '../../event/path-group.ts';
import { printable, type Paint } from '../terminal.ts';

/** An event as `GET /api/live` sends it, as far as a line shows it. */
export interface TailedEvent {
  readonly client_id: string;
  readonly received_at: string;
  readonly timestamp?: string;
  readonly method: string;
  readonly endpoint: string;
  readonly route?: string;
  readonly status_code?: number;
  readonly outcome?: string;
  readonly latency_ms?: number;
  readonly custom_data: Readonly<Record<string, unknown>>;
}

/** An event in one line of a terminal: time, status, latency, request, metrics. */
export function tailLine(event: TailedEvent, paint: Paint): string {
  const time = localTime(event.timestamp ?? event.received_at);
  const status = String(event.status_code ?? event.outcome ?? '-').padEnd(7);
  const latency = event.latency_ms === undefined ? '-' : `${event.latency_ms.toFixed(1)} ms`;
  const metrics = Object.entries(event.custom_data).map(
    ([name, value]) => `${printable(name)}=${printable(JSON.stringify(value))}`,
  );
  const parts = [
    paint.dim(time),
    colourOf(event, paint)(printable(status)),
    latency.padStart(11),
    printable(event.method).padEnd(6),
    printable(event.endpoint || event.route || NO_ROUTE),
    paint.dim(metrics.join(' ')),
  ];
  return parts.join(' ').trimEnd();
}

function localTime(text: string): string {
  const date = new Date(text);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function colourOf({ status_code: status, outcome }: TailedEvent, paint: Paint): (text: string) => string {
  if (outcome === 'error' || (status ?? 0) >= 500) return paint.red;
  if (outcome === 'aborted' || (status ?? 0) >= 400) return paint.yellow;
  return paint.green;
}
