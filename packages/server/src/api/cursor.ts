import type { EventPosition } from '../store/event-query.ts';

/** Writes a place in the order of events as an opaque text for URLs. */
export function formatCursor({ time, id }: EventPosition): string {
  return Buffer.from(`1:${time}:${id}`).toString('base64url');
}

/** Reads what {@link formatCursor} wrote. @returns `undefined` for anything else. */
export function parseCursor(text: string): EventPosition | undefined {
  const match = /^1:(\d{1,15}):(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match === null ? undefined : { time: Number(match[1]), id: Number(match[2]) };
}
