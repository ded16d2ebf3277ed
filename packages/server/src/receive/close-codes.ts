/** Codes with which the server ends a WebSocket connection. 1007, 1009 and 1002 come from the WebSocket library. */
export const CLOSE = {
  /** The server stops. */
  goingAway: 1001,
  /** A message, or what it inflates to, is over the limit. */
  tooLarge: 1009,
  /** The store has been out of reach for long: another server may reach it. */
  storeLost: 1012,
  /** The store failed and the mode has no way to say so: connect again and send again. */
  tryAgainLater: 1013,
  /** The client broke the protocol: no JSON, no hello, a gap in the sequence. */
  protocolError: 4400,
  /** The event's credentials are missing or wrong, or the connection's token was revoked. */
  unauthorized: 4401,
  /** The token, or the producer, is of another application. */
  forbidden: 4403,
  /** No hello, or in event mode no event with the token, in time. */
  timeout: 4408,
  /** A newer connection of the same producer took over. */
  superseded: 4409,
} as const;
