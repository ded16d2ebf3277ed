/** What a processor did, in requests. `seen = ignored + handedOver + refused + waitingForKey` with an exporter. */
export interface CerberusSpanProcessorStats {
  /** Finished HTTP SERVER spans that are the root of their process, ignored ones included. */
  readonly seen: number;
  /** Left out by `ignorePaths`. */
  readonly ignored: number;
  /** Accepted by the exporter. */
  readonly handedOver: number;
  /** Not accepted by the exporter: its queue is full, or it is shut down. */
  readonly refused: number;
  /**
   * Wait at this moment: for the secret key, to be written together with others, or for a nested SERVER span that may still
   * name the route.
   */
  readonly waitingForKey: number;
  /** Child spans whose metrics were not followed, because more than 1,000 of one request were open. */
  readonly unfollowedChildren: number;
  /** Errors inside hooks. None of them reached the application. */
  readonly hookFailures: number;
}
