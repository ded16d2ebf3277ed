import { MINUTE_MILLIS } from '../../durations.ts';
import type { ProducerMode, ProducerRow, ServiceInfo } from './producer.ts';

/** Which senders are meant, and how many of them are wanted. */
export interface SourceQuery {
  readonly clientId?: string | undefined;
  /** A part, in any case, of the client id, of the producer's key, or of what it says of itself. */
  readonly search?: string | undefined;
  readonly limit: number;
  /** What comes first, before the others in the order of when they were seen last: client ids, or keys of producers. */
  readonly first: readonly string[];
}

/** Some rows, and how many there are with those that are not listed. */
export interface Listed<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

/** All producers of one client id: each start of an application is one. */
export interface ApplicationRow {
  readonly clientId: string;
  readonly producers: number;
  /** In alphabetical order. */
  readonly modes: readonly ProducerMode[];
  /** Of the producer that was seen last, as {@link service}. */
  readonly agent: string | null;
  readonly service: ServiceInfo;
  /** Milliseconds since the epoch, of the first and of the last of them. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Of all of them. */
  readonly events: number;
  readonly rejected: number;
}

/** For how long nothing has come of an application, whichever of its processes it was; milliseconds, at an instant since the epoch. */
export function silenceOf({ lastSeen }: Pick<ApplicationRow, 'lastSeen'>, now: number): number {
  return Math.max(0, now - lastSeen);
}

/** Nothing for so long, and an application is called silent where nobody has said what is too long for it. */
export const SILENT_MILLIS: number = 5 * MINUTE_MILLIS;

/** What a search looks at, as one text. */
export function searchedText({ clientId, producer, agent, service }: SearchedSource): string {
  const { version, environment, instanceId } = service;
  return [clientId, producer, agent, version, environment, instanceId]
    .filter((each) => each !== null)
    .join(' ');
}

type SearchedSource = Pick<ProducerRow, 'clientId' | 'producer' | 'agent' | 'service'>;
