import type { Listed } from './questions/source-list.ts';

/** What a server says of itself to all on its database. */
export interface NodeReport {
  /** Host and port: a server that takes the place of a dead one has its name. */
  readonly name: string;
  /** Of the server's package. */
  readonly version: string;
  /** Why it takes no events at the moment; `null` where it does. */
  readonly unready: string | null;
  /** Open WebSocket connections. */
  readonly connections: number;
  /** That it has stored since it started. */
  readonly events: number;
  readonly eventsPerSecond: number;
}

/** `silent`: it has not been heard of for a while, and did not say that it stops. */
export const NODE_STATES = ['ready', 'unready', 'silent', 'stopped'] as const;

/** What is known of how a server is. */
export type NodeState = (typeof NODE_STATES)[number];

/** A server as the database knows it. All times are by the database's clock, so that no server's own one matters. */
export interface NodeRow extends NodeReport {
  /** Whether it is the one that answers. */
  readonly isThis: boolean;
  readonly state: NodeState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly lastSeen: number;
  /** Between then and now. */
  readonly silentMillis: number;
}

/** Servers, those at work first. */
export interface NodeList extends Listed<NodeRow> {
  /** For how long the oldest events wait to be aggregated, by whichever server; 0 where none do. */
  readonly aggregatesBehindMillis: number;
}

/** The servers that share a database. */
export interface Nodes {
  /**
   * Tells the others of this server, now and every few seconds, until the store is closed. What cannot be told is left out:
   * nothing waits for it.
   */
  readonly announce: (report: () => NodeReport) => void;
  /** When the database did not answer, as `performance.now()` tells it; `undefined` where it did when it was looked for last. */
  readonly awayAt: number | undefined;
  readonly list: (limit: number) => Promise<NodeList>;
}
