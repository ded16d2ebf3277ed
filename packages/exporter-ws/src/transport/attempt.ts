import type { Connection } from '../protocol/connection.ts';
import type { Lane } from '../protocol/lane.ts';
import type { Session } from '../protocol/session.ts';
import type { Heartbeat } from './heartbeat.ts';

/** A connection and what is spoken over it. Nothing of it has come yet when it is made. */
export class Attempt {
  readonly offered: boolean;
  /** What is sent over it in batch mode. */
  readonly lane: Lane;
  connection: Connection | undefined;
  session: Session | undefined;
  heartbeat: Heartbeat | undefined;
  ready = false;
  /** Called when the connection is gone. */
  gone: () => void = () => undefined;

  constructor(offered: boolean, lane: Lane) {
    this.offered = offered;
    this.lane = lane;
  }
}
