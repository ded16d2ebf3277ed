/** What the shop itself counted, without OpenTelemetry, and what instrumentation-http counted beside it. */
export interface ShopCounts {
  /** Requests that the HTTP server handed to the application. */
  readonly requests: number;
  /** The same by method and path: `GET /products/7`. */
  readonly byTarget: Readonly<Record<string, number>>;
  /** Distinct client addresses, as the proxy in front of the shop would have written them. */
  readonly addresses: number;
  /** Requests whose caller asked not to be traced (`traceparent: …-00`). */
  readonly unsampled: number;
  /** How often instrumentation-http recorded `http.server.request.duration`. */
  readonly durationsRecorded: number;
}

/** What the shop tells the demo. */
export type ShopMessage =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'progress'; readonly requests: number }
  | { readonly type: 'stopped'; readonly counts: ShopCounts };

/** What the demo tells the shop. */
export interface DemoMessage {
  readonly type: 'stop';
}
