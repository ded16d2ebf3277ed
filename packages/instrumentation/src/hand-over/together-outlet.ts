import { withoutTracing, type TogetherIntake } from '@cerberus-otel/exporter-ws/internal';
import type { RequestRecord } from '../capture/request-record.ts';
import type { Sender } from '../enrich/identity.ts';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { FinishedRequest } from './finished-request.ts';
import type { HandOverParts, Outlet } from './outlet.ts';

/** Most requests that are kept for each other: what a frame takes. */
const MAX_TOGETHER = 512;
/** Of all text that is kept with them: what an application sets on a span may be long. */
const MAX_TEXT_LENGTH = 2 ** 20;

/**
 * The way to our own exporter. Requests that are over are kept for each other, and hashed, translated and written together: code
 * that runs once between two requests finds nothing of itself in the processor's caches, and takes several times as long
 * (docs/performance/what-made-the-difference.md). The exporter says for how long, and asks for them whenever it sends.
 */
export class TogetherOutlet implements Outlet {
  readonly capacity: number = MAX_TOGETHER;
  readonly #intake: TogetherIntake;
  readonly #parts: HandOverParts;
  #isAlone: boolean | undefined;
  #kept: FinishedRequest[] = [];
  #textLength = 0;
  #accepted = 0;
  #refused = 0;

  constructor(intake: TogetherIntake, parts: HandOverParts) {
    this.#intake = intake;
    this.#parts = parts;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get refused(): number {
    return this.#refused;
  }

  get waiting(): number {
    return this.#kept.length;
  }

  get identifies(): boolean {
    return (this.#isAlone ??= this.#askWhetherAlone());
  }

  add(span: SdkSpan, record: RequestRecord): void {
    const sender = record.isIdentified ? undefined : record.sender;
    // Whoever else sees the span may write to it, another processor of ours with another key does.
    this.#keep(this.#requestOf(span, sender, !this.identifies));
  }

  postponed(span: SdkSpan, record: RequestRecord): () => void {
    // Whoever else sees the span is to see who sent the request, once that can be told.
    const request = this.#requestOf(span, record.sender, false);
    return () => this.#keep(request);
  }

  send(): void {
    const requests = this.#kept;
    if (requests.length === 0) return;
    this.#kept = [];
    this.#textLength = 0;
    this.#isAlone = undefined;
    withoutTracing(() => {
      for (const request of requests) this.#identify(request);
      const refused = this.#intake.take(requests);
      this.#refused += refused;
      this.#accepted += requests.length - refused;
    });
  }

  #askWhetherAlone(): boolean {
    try {
      return this.#parts.isAlone();
    } catch {
      return false;
    }
  }

  /** @returns undefined for one that is counted already */
  #requestOf(span: SdkSpan, sender: Sender | undefined, isCopied: boolean): FinishedRequest | undefined {
    try {
      const attributes = isCopied ? { ...span.attributes } : span.attributes;
      // Seen by others, it may come by another way too.
      const claim = this.identifies ? undefined : this.#intake.claim(span);
      if (this.identifies || claim !== undefined)
        return new FinishedRequest(span, { attributes, sender, claim });
      this.#accepted += 1;
    } catch (error) {
      this.#refused += 1;
      this.#parts.failures.add('export', error);
    }
    return undefined;
  }

  #keep(request: FinishedRequest | undefined): void {
    if (request === undefined) return;
    this.#kept.push(request);
    this.#textLength += request.textLength;
    if (this.#kept.length >= MAX_TOGETHER || this.#textLength >= MAX_TEXT_LENGTH) this.send();
    else if (this.#kept.length === 1) withoutTracing(this.#intake.expect);
  }

  #identify({ attributes, sender }: FinishedRequest): void {
    if (sender === undefined) return;
    const { identity, keys, failures } = this.#parts;
    try {
      identity.write(attributes, sender, keys.current);
    } catch (error) {
      failures.add('release', error);
    }
  }
}
