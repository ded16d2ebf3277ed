import { countOne } from '../nested-maps.ts';

/** Most connections of each kind. */
export interface ConnectionLimitOptions {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxUnauthenticatedConnections: number;
}

/** A connection that counts against the limits. */
export interface CountedConnection {
  /** The client has shown the token: it no longer counts among those that have not. */
  readonly authenticated: () => void;
  /** The connection is gone. */
  readonly ended: () => void;
}

/**
 * Counts WebSocket connections. Those without the token have places of their own, so that whoever holds connections open
 * without knowing it takes none from those who do. Addresses are kept only while they are connected.
 */
export class ConnectionLimits {
  readonly #options: ConnectionLimitOptions;
  /** Of those with the token. */
  readonly #byAddress = new Map<string, number>();
  #authenticated = 0;
  #unauthenticated = 0;

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
  }

  get total(): number {
    return this.#authenticated + this.#unauthenticated;
  }

  get unauthenticated(): number {
    return this.#unauthenticated;
  }

  /** The HTTP status with which one more connection is to be refused, if it is. */
  refusal(address: string, authenticated: boolean): 429 | 503 | undefined {
    if (this.#authenticated >= this.#options.maxConnections) return 503;
    if ((this.#byAddress.get(address) ?? 0) >= this.#options.maxConnectionsPerAddress) return 429;
    const crowded = this.#unauthenticated >= this.#options.maxUnauthenticatedConnections;
    return !authenticated && crowded ? 503 : undefined;
  }

  add(address: string, authenticated: boolean): CountedConnection {
    let known = false;
    this.#unauthenticated += 1;
    const show = (): void => {
      if (known) return;
      known = true;
      this.#unauthenticated -= 1;
      this.#authenticated += 1;
      countOne(this.#byAddress, address);
    };
    if (authenticated) show();
    return {
      authenticated: show,
      ended: () => {
        if (known) this.#leave(address);
        else this.#unauthenticated -= 1;
      },
    };
  }

  #leave(address: string): void {
    this.#authenticated -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}
