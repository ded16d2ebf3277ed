import { eventOf } from '../harness/events.ts';

/** Events in a frame, as the exporter's `maxBatchEvents`. */
export const FRAME_EVENTS = 512;

/** Frames in a transaction, as the server's group commit takes at most. */
export const GROUP_FRAMES = 8;

/** An event of a frame, as it is parsed. */
export interface FrameEvent {
  readonly source_ip: string;
  readonly endpoint: string;
  readonly scheme: boolean;
  readonly method: string;
  readonly custom_data: object;
  readonly timestamp: string;
  readonly status_code: number;
  readonly latency_ms: number;
  readonly route: string;
  readonly outcome: string;
  readonly trace_id: string;
  readonly span_id: string;
}

/** JSON of the events of a frame. */
export function frameEvents(first: number): string {
  return eventsJson(first, FRAME_EVENTS);
}

/** JSON of so many events. */
export function eventsJson(first: number, count: number): string {
  return JSON.stringify(Array.from({ length: count }, (_, index) => eventOf(first + index)));
}
