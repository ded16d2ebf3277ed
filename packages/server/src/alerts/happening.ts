import { randomUUID } from 'node:crypto';

import type { KnownDestination } from './book.ts';
import type { DeskChange, LogEntry } from './desk.ts';
import type { Payload } from './messages/payload.ts';

/** What happened, to be kept. */
export interface News {
  readonly entry: LogEntry;
  /** Id of the entry. */
  readonly id: string;
  /** Who is told. */
  readonly destinations: readonly Pick<KnownDestination, 'id' | 'name'>[];
}

/** Makes what happened to a rule. */
export function newsOf(
  { ruleId, ruleName, at }: Omit<LogEntry, 'payload'>,
  destinations: News['destinations'],
  payload: (id: string) => Payload,
): News {
  const id = randomUUID();
  return { id, destinations, entry: { at, ruleId, ruleName, payload: payload(id) } };
}

/** Keeps it, and a message for each who is told: both or neither. */
export function newsChanges({ id, entry, destinations }: News): readonly DeskChange[] {
  const { at, payload } = entry;
  return [
    { kind: 'log', id, version: 0, value: entry },
    ...destinations.map((destination) => ({
      kind: 'outbox' as const,
      id: randomUUID(),
      version: 0,
      value: {
        payload,
        entry: id,
        destination: destination.id,
        destinationName: destination.name,
        createdAt: at,
        attempts: 0,
        nextAt: at,
      },
    })),
  ];
}
