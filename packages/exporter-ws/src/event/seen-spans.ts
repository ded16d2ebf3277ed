import { Claim } from './together.ts';

/**
 * Remembers which spans were accepted: the same one may come from the processor and from a BatchSpanProcessor.
 *
 * Marks the span itself, with a symbol that nobody else has. A WeakSet of all spans is work for the garbage collector
 * that grows with the traffic; it serves for objects that take no mark.
 */
export class SeenSpans {
  readonly #mark = Symbol('accepted by CerberusWsExporter');
  #unmarkable: WeakMap<object, Claim> | undefined;

  has(span: object): boolean {
    const claim = Object.hasOwn(span, this.#mark)
      ? (span as Record<symbol, Claim>)[this.#mark]
      : this.#unmarkable?.get(span);
    return claim !== undefined && !claim.isRefused;
  }

  /** @param claim says of itself when it is refused after all */
  add(span: object, claim: Claim = ACCEPTED): void {
    if (Object.isExtensible(span)) (span as Record<symbol, Claim>)[this.#mark] = claim;
    else (this.#unmarkable ??= new WeakMap()).set(span, claim);
  }
}

const ACCEPTED = new Claim();

/**
 * V8 compiles the shapes of objects that it has met into the code around, here the exporter's whole way from span to queue, and throws
 * that code away when a shape is collected: a garbage collection at a moment without a marked span would cost 30 ms of
 * compilation. Where it has met many shapes and names it looks each of them up, in 20 ns.
 */
const SHAPES = [{}, { a: 1 }, { b: 1 }, { c: 1 }, { d: 1 }, { e: 1 }];
/** V8 takes no note of a function's first calls. */
const ROUNDS = 20;
for (let round = 0; round < ROUNDS; round += 1) {
  for (const shape of SHAPES) new SeenSpans().add({ ...shape });
}
