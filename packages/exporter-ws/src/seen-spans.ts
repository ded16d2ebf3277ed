/**
 * Remembers which spans were accepted: the same one may come from the processor and from a BatchSpanProcessor.
 *
 * Marks the span itself, with a symbol that nobody else has. A WeakSet of all spans is work for the garbage collector
 * that grows with the traffic; it serves for objects that take no mark.
 */
export class SeenSpans {
  readonly #mark = Symbol('accepted by CerberusWsExporter');
  #unmarkable: WeakSet<object> | undefined;

  has(span: object): boolean {
    return Object.hasOwn(span, this.#mark) || this.#unmarkable?.has(span) === true;
  }

  add(span: object): void {
    if (!Object.isExtensible(span)) (this.#unmarkable ??= new WeakSet()).add(span);
    else (span as Record<symbol, true>)[this.#mark] = true;
  }
}
