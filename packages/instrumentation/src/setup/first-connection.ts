import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node says on it that a server has a new connection, before it reads from it. */
const CONNECTION = 'net.server.socket';

/** Calls back once, when the first connection to a server of this process arrives. */
export function atFirstConnection(callback: () => void): void {
  const onConnection = (): void => {
    unsubscribe(CONNECTION, onConnection);
    callback();
  };
  subscribe(CONNECTION, onConnection);
}
