import type { ProducerRef } from './questions/producer.ts';
import type { Append, ProducerClaim } from './store.ts';

/** Of the process, not of a store: one that is opened again must not give what another one has given. */
let last = 0;

/** What a database knows of a producer. */
export interface StoredProducer {
  readonly clientId: string;
  readonly lastSeq: number;
}

/** Which connection speaks for a producer, where one process has the database for itself. */
export class Claims {
  readonly #claims = new Map<string, number>();

  /** @returns `undefined`, and nothing is changed, where what is stored of the producer is another application's */
  take({ producer, clientId }: ProducerRef, stored: StoredProducer | undefined): ProducerClaim | undefined {
    if (stored !== undefined && stored.clientId !== clientId) return undefined;
    last += 1;
    this.#claims.set(producer, last);
    return { claim: last, lastSeq: stored?.lastSeq ?? 0 };
  }

  /** Claims by producer, as {@link decideGroup} wants them. */
  get current(): ReadonlyMap<string, number> {
    return this.#claims;
  }

  /** Forgets the claims of all producers but these. */
  keepOnly(producers: readonly string[]): void {
    const kept = new Set(producers);
    for (const producer of this.#claims.keys()) if (!kept.has(producer)) this.#claims.delete(producer);
  }
}

/** Whether a newer connection has claimed the producer. What nobody has claimed is anybody's. */
export function isSuperseded(
  { producer, claim }: Pick<Append, 'producer' | 'claim'>,
  claims: ReadonlyMap<string, number>,
): boolean {
  return claim !== null && (claims.get(producer.producer) ?? claim) !== claim;
}
