/** The other end of a connection, as sessions see it: nothing of the WebSocket library shows through. */
export interface Peer {
  /** Sends a text message; does nothing once the connection is closing. */
  readonly send: (text: string) => void;
  /** Starts the closing handshake; a peer that does not answer is cut off a little later. */
  readonly close: (code: number, reason: string) => void;
  /** Stops and resumes reading, so that TCP slows the client down. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The client has shown the token. */
  readonly authenticated: () => void;
  /** The client has shown a wrong one. */
  readonly guessed: () => void;
}

/** What a session does with what arrives. */
export interface Session {
  readonly receive: (data: Buffer, binary: boolean) => void;
  /** The connection is gone, for whatever reason. */
  readonly disconnected: () => void;
  /** Takes no further message, answers what it has taken, then closes the connection. */
  readonly drain: (code: number, reason: string) => Promise<void>;
}
