import type { ProducerRef } from '../../producer.ts';
import type { ProducerClaim } from '../../store.ts';

/** Claims several producers in one statement. */
type ClaimAll = (producers: readonly ProducerRef[]) => Promise<ReadonlyMap<string, ProducerClaim>>;

/** Most of one statement: its locks are held together. */
const MOST_AT_ONCE = 500;

interface Waiting {
  readonly producer: ProducerRef;
  readonly resolve: (claim: ProducerClaim) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Claims one after the other, those together that come while one is on its way: a thousand exporters that come back at once
 * must not need a thousand connections to the database.
 */
export class Claiming {
  readonly #claimAll: ClaimAll;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(claimAll: ClaimAll) {
    this.#claimAll = claimAll;
  }

  claim(producer: ProducerRef): Promise<ProducerClaim> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ producer, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nobody waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MOST_AT_ONCE);
      try {
        const claims = await this.#claimAll(group.map(({ producer }) => producer));
        for (const { producer, resolve, reject } of group) {
          const claim = claims.get(producer.producer);
          if (claim === undefined) reject(new Error('the claim gave no row'));
          else resolve(claim);
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }
}
