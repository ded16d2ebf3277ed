import { EVENT_ORDERS, type EventOrder, type EventPosition } from '../store/questions/event-order.ts';

/** A place in an order of events. */
export interface Cursor extends EventPosition {
  readonly order: EventOrder;
}

/** Writes a place as an opaque text for URLs. */
export function formatCursor({ order, value, id }: Cursor): string {
  return Buffer.from(`2:${order}:${value}:${id}`).toString('base64url');
}

/** Reads what {@link formatCursor} wrote. @returns `undefined` for anything else. */
export function parseCursor(text: string): Cursor | undefined {
  const inner = Buffer.from(text, 'base64url').toString('latin1');
  const match = /^2:([a-z]+):(\d{1,21}(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?):(\d{1,15})$/.exec(inner);
  const order = EVENT_ORDERS.find((each) => each === match?.[1]);
  const value = Number(match?.[2]);
  if (order === undefined || !Number.isFinite(value)) return undefined;
  // Only latencies have parts.
  if (order !== 'slowest' && !Number.isSafeInteger(value)) return undefined;
  return { order, value, id: Number(match?.[3]) };
}
