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
 * Counts WebSocket connections. Those without the token have a small limit of their own, so that whoever holds
 * connections open without knowing it cannot keep out those who do. Addresses are kept only while they are connected.
 */
export class ConnectionLimits {
  readonly #options: ConnectionLimitOptions;
  readonly #byAddress = new Map<string, number>();
  #total = 0;
  #unauthenticated = 0;

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
  }

  get total(): number {
    return this.#total;
  }

  get unauthenticated(): number {
    return this.#unauthenticated;
  }

  /** The HTTP status with which one more connection is to be refused, if it is. */
  refusal(address: string, authenticated: boolean): 429 | 503 | undefined {
    if (this.#total >= this.#options.maxConnections) return 503;
    if ((this.#byAddress.get(address) ?? 0) >= this.#options.maxConnectionsPerAddress) return 429;
    const crowded = this.#unauthenticated >= this.#options.maxUnauthenticatedConnections;
    return !authenticated && crowded ? 503 : undefined;
  }

  add(address: string, authenticated: boolean): CountedConnection {
    this.#total += 1;
    countOne(this.#byAddress, address);
    let unknown = !authenticated;
    if (unknown) this.#unauthenticated += 1;
    const known = (): void => {
      if (unknown) this.#unauthenticated -= 1;
      unknown = false;
    };
    return {
      authenticated: known,
      ended: () => {
        known();
        this.#total -= 1;
        this.#leave(address);
      },
    };
  }

  #leave(address: string): void {
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}
