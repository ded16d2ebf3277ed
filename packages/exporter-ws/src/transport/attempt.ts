import type { Connection } from './ws-connection.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Session } from '../protocol/session.ts';

/** A connection and what is spoken over it. */
export interface Attempt {
  readonly offered: boolean;
  connection: Connection | undefined;
  session: Session | undefined;
  heartbeat: Heartbeat | undefined;
  ready: boolean;
  /** Called when the connection is gone. */
  gone: () => void;
}

/** An attempt of which nothing has come yet. */
export function newAttempt(offered: boolean): Attempt {
  return {
    offered,
    connection: undefined,
    session: undefined,
    heartbeat: undefined,
    ready: false,
    gone() {},
  };
}
