import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node says on it that a request has arrived, in the tick in which its server is told. */
export const REQUEST_START = 'http.server.request.start';

/** Node says on it that a response was written. */
const RESPONSE_FINISH = 'http.server.response.finish';

/** Node says on it that a client of HTTP/2 has opened a stream, before its server is told. */
export const STREAM_START = 'http2.server.stream.start';

/** Node says on it that a server has a new connection, before it reads from it. */
export const CONNECTION = 'net.server.socket';

/** Node says on it that a server is about to listen. */
export const LISTEN = 'tracing:net.server.listen:asyncStart';

/** Something that Node has said. */
export interface Announcement {
  readonly channel: string;
  readonly message: unknown;
}

/** What says that there is a client: of a connection that somebody handed to a server, as from another process, Node says only the requests. */
const SIGNS_OF_CLIENTS = [CONNECTION, REQUEST_START, STREAM_START];

/** Calls back once, when Node says something on one of these channels for the first time from now on. @returns what ends the wait */
function atFirstOf(channels: readonly string[], callback: (first: Announcement) => void): () => void {
  const stop = (): void => {
    for (const each of channels) unsubscribe(each, onAnnouncement);
  };
  function onAnnouncement(message: unknown, channel: string | symbol): void {
    stop();
    callback({ channel: String(channel), message });
  }
  for (const each of channels) subscribe(each, onAnnouncement);
  return stop;
}

/** Calls back once, when the first request from now on arrives. */
export function atFirstRequest(callback: () => void): void {
  atFirstOf([REQUEST_START], callback);
}

/** Calls back once, when the first response from now on is written. */
export function atFirstAnswer(callback: () => void): void {
  atFirstOf([RESPONSE_FINISH], callback);
}

/**
 * Calls back once, when a server has its first connection from now on or, where Node does not say that, its first request.
 *
 * @param callback is told which it was: whoever waits for either from then on does not hear of it
 * @returns what ends the wait
 */
export function atFirstClient(callback: (first: Announcement) => void): () => void {
  return atFirstOf(SIGNS_OF_CLIENTS, callback);
}

/**
 * Calls back once, when a server is about to listen or, where Node does not say that, has its first client.
 *
 * @param callback is told of that client
 */
export function atFirstServer(callback: (client?: Announcement) => void): void {
  atFirstOf([LISTEN, ...SIGNS_OF_CLIENTS], (first) => callback(first.channel === LISTEN ? undefined : first));
}
