import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node says on it that a request has arrived, in the tick in which its server is told. */
export const REQUEST_START = 'http.server.request.start';

/** Node says on it that a client of HTTP/2 has opened a stream, before its server is told. */
export const STREAM_START = 'http2.server.stream.start';

/** Node says on it that a server has a new connection, before it reads from it. */
export const CONNECTION = 'net.server.socket';

/** Node says on it that a server is about to listen. */
export const LISTEN = 'tracing:net.server.listen:asyncStart';

/** Calls back once, when Node says something on a channel for the first time from now on. */
export function atFirst(channel: typeof REQUEST_START | typeof CONNECTION, callback: () => void): void {
  const onAnnouncement = (): void => {
    unsubscribe(channel, onAnnouncement);
    callback();
  };
  subscribe(channel, onAnnouncement);
}

/**
 * Calls back once, when a server is about to listen or, where Node does not say that, has its first connection.
 *
 * @param callback is told whether there is that connection: whoever waits for one from then on does not hear of it
 */
export function atFirstServer(callback: (isConnected: boolean) => void): void {
  const begin = (isConnected: boolean): void => {
    unsubscribe(LISTEN, onListen);
    unsubscribe(CONNECTION, onConnection);
    callback(isConnected);
  };
  const onListen = (): void => begin(false);
  const onConnection = (): void => begin(true);
  subscribe(LISTEN, onListen);
  subscribe(CONNECTION, onConnection);
}
