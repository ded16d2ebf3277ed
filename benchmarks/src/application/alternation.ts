import type { FinishedSpan } from '../../../packages/exporter-ws/dist/esm/index.js';
import { KIND, type SpanProcessor } from '../harness/otel.ts';
import { PIPELINES, type Pipeline } from '../life-cycle/shapes.ts';
import { MEASURED_REQUESTS, UNMEASURED_REQUESTS } from './blocks.ts';
import type { Framework } from './names.ts';
import type { Listening } from './request-listener.ts';

/** Spans that were handed to a pipeline since the process started. */
export interface Handed {
  readonly servers: number;
  readonly spans: number;
}

/**
 * Hands spans to one pipeline for a block of requests, then to another one, while the load goes on. All of them live on: what is
 * compiled, connected or waiting stays so. Three blocks, one of each in random order, are neighbours: what the machine or the garbage
 * collector does beside meets all of them alike.
 */
export class Alternation implements SpanProcessor {
  readonly #pipelines: Readonly<Record<Pipeline, Listening<SpanProcessor>>>;
  readonly #requests: number;
  readonly #handed: Record<Pipeline, { servers: number; spans: number }>;
  #order: Pipeline[] = [];
  #name: Pipeline = 'no-op';
  #current: SpanProcessor;
  #seen = 0;
  #begin = process.cpuUsage();
  #blocks: Record<Pipeline, number[]> = emptyBlocks();

  constructor(framework: Framework, pipelines: Readonly<Record<Pipeline, Listening<SpanProcessor>>>) {
    this.#requests = MEASURED_REQUESTS[framework];
    this.#pipelines = pipelines;
    this.#current = pipelines['no-op'].made;
    this.#handed = Object.fromEntries(PIPELINES.map((name) => [name, { servers: 0, spans: 0 }])) as Record<
      Pipeline,
      { servers: number; spans: number }
    >;
  }

  /** Forgets what was measured. */
  begin(): void {
    this.#blocks = emptyBlocks();
    this.#order = [];
    this.#next();
  }

  /** What whole groups of neighbours measured. */
  get blocks(): Readonly<Record<Pipeline, readonly number[]>> {
    const whole = Math.min(...PIPELINES.map((name) => this.#blocks[name].length));
    return Object.fromEntries(PIPELINES.map((name) => [name, this.#blocks[name].slice(0, whole)])) as Record<
      Pipeline,
      number[]
    >;
  }

  get handed(): Readonly<Record<Pipeline, Handed>> {
    return this.#handed;
  }

  onStart(span: unknown, context: unknown): void {
    this.#current.onStart(span, context);
  }

  onEnding(span: unknown): void {
    this.#current.onEnding?.(span);
  }

  onEnd(span: FinishedSpan): void {
    this.#current.onEnd(span);
    const handed = this.#handed[this.#name];
    handed.spans += 1;
    if (span.kind !== KIND.server) return;
    handed.servers += 1;
    this.#seen += 1;
    if (this.#seen === UNMEASURED_REQUESTS) {
      void this.#current.forceFlush();
      this.#begin = process.cpuUsage();
    }
    if (this.#seen === UNMEASURED_REQUESTS + this.#requests) {
      // What it holds back is its own, and not to be paid for by the next one.
      void this.#current.forceFlush();
      const { user, system } = process.cpuUsage(this.#begin);
      this.#blocks[this.#name].push((user + system) / this.#requests);
      this.#next();
    }
  }

  async forceFlush(): Promise<void> {
    for (const { made } of Object.values(this.#pipelines)) await made.forceFlush();
  }

  async shutdown(): Promise<void> {
    for (const { made } of Object.values(this.#pipelines)) await made.shutdown();
  }

  #next(): void {
    if (this.#order.length === 0) this.#order = shuffled(PIPELINES);
    this.#pipelines[this.#name].ignore();
    this.#name = this.#order.pop() ?? 'no-op';
    this.#pipelines[this.#name].listen();
    this.#current = this.#pipelines[this.#name].made;
    this.#seen = 0;
  }
}

function emptyBlocks(): Record<Pipeline, number[]> {
  return { 'no-op': [], cerberus: [], 'otlp-proto': [] };
}

/** In random order (Fisher and Yates). */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
