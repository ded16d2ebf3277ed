import type { Message } from './message.ts';

/** Why a connection ended or never came to be. */
export type Disconnect =
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'upgrade_refused'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'not_batch'; readonly why: string }
  | { readonly kind: 'timeout'; readonly what: 'connect' | 'welcome' | 'acknowledgement' | 'ping' }
  | { readonly kind: 'protocol_violation'; readonly why: string };

/** A WebSocket connection, seen by those who speak a protocol over it. */
export interface Connection {
  /** Bytes that the socket has not taken yet. */
  readonly bufferedBytes: number;
  /**
   * Sends messages in one write. What they are made of is not looked at afterwards.
   *
   * @returns their bytes, 0 when the connection takes none any more
   */
  send(messages: readonly Message[], kind: 'text' | 'binary'): number;
  /**
   * The process ends in this turn: sends messages and a goodbye in one write that the kernel takes before it returns. A
   * second write would wait for the first, over TLS always, and nothing that waits is sent any more.
   *
   * @returns the bytes of the messages, 0 when the connection takes none any more
   */
  sendLast(messages: readonly Message[]): number;
  ping(): void;
  /** What was just received answers nothing that was sent: a peer that goes on and on like that is hung up on. */
  unasked(): void;
  /** Reads nothing for a millisecond, so that what comes meanwhile is read together. */
  rest(): void;
  /** Says goodbye with 1000, and hangs up if the peer does not answer in time. `onEnd` still comes. */
  close(): void;
  /** Waits no longer for a peer that has said goodbye to hang up. `onEnd` still comes. */
  cutShort(): void;
  /** Hangs up at once and reports `end`. A dead link would hold a polite close for its whole timeout. */
  abort(end: Disconnect): void;
}
