/** A middleware of `node:http`'s shape, as Express takes it. */
export type Middleware = (request: object, response: ResponseLike, next: () => void) => void;

interface ResponseLike {
  readonly statusCode: number;
  on(event: 'finish', listener: () => void): void;
}

/** What an agent needs of an application: most need nothing but to be loaded first. */
export interface Attachment {
  readonly middleware?: Middleware;
  /** For agents that are told of an Express application. */
  readonly attach?: (app: object) => void;
  /** Resolves when it is at work; for those that begin later than they start. */
  readonly ready?: () => Promise<void>;
  /** Resolves when all that it has collected is delivered; for those that can be asked to. */
  readonly flush?: () => Promise<void>;
}
