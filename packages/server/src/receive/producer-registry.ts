import type { ProducerRef } from '../store/questions/producer.ts';

/** A connection that speaks for a producer. */
export interface ProducerOwner {
  /** The application (`client_id`) whose producer it is; `undefined` while the store was not asked, and at its end. */
  readonly application: string | undefined;
  /** Ends the connection because another one speaks for its producer now. */
  readonly supersede: () => void;
  /** Resolves when no frame of this connection is waiting for the store any more. */
  readonly settled: () => Promise<void>;
}

interface Claim {
  readonly owner: ProducerOwner;
  /** Resolves when no older connection of the producer has a frame in the store's queue. */
  readonly clear: Promise<void>;
}

/** Keeps one live connection per producer. */
export class ProducerRegistry {
  readonly #claims = new Map<string, Claim>();

  /**
   * Makes `owner` the one connection of a producer and ends the one before it.
   *
   * @returns resolves when all frames of all earlier connections are stored or dropped: only then is the producer's
   *   `last_seq` final. A third connection that comes meanwhile waits for the second one's wait as well. `undefined`, and
   *   nothing is changed, where the connection before it is another application's.
   */
  claim(
    { producer, clientId }: Pick<ProducerRef, 'producer' | 'clientId'>,
    owner: ProducerOwner,
  ): Promise<void> | undefined {
    const before = this.#claims.get(producer);
    if ((before?.owner.application ?? clientId) !== clientId) return undefined;
    const clear = before === undefined ? Promise.resolve() : before.clear.then(() => before.owner.settled());
    this.#claims.set(producer, { owner, clear });
    if (before !== undefined && before.owner !== owner) before.owner.supersede();
    return clear;
  }

  /** Forgets a connection once its frames are settled; a newer claim stays. */
  async release(producer: string, owner: ProducerOwner): Promise<void> {
    const claim = this.#claims.get(producer);
    if (claim?.owner !== owner) return;
    await claim.clear;
    await owner.settled();
    if (this.#claims.get(producer) === claim) this.#claims.delete(producer);
  }

  /** Producers that have a connection. */
  producers(): Iterable<string> {
    return this.#claims.keys();
  }

  get size(): number {
    return this.#claims.size;
  }
}
