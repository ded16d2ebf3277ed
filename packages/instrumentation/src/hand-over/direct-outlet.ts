import { EXPORT_SUCCESS, withoutTracing, type ExportOutcome } from '@cerberus-otel/exporter-ws/internal';
import type { RequestRecord } from '../capture/request-record.ts';
import { isPromised } from '../enrich/promised.ts';
import type { SdkSpan, SpanExporterLike } from '../sdk/sdk-types.ts';
import type { HandOverParts, Outlet } from './outlet.ts';

/** The way to somebody else's exporter: each span by itself, as it ends, for each has an outcome of its own. */
export class DirectOutlet implements Outlet {
  readonly waiting = 0;
  readonly capacity = 0;
  readonly identifies = false;
  readonly #exporter: SpanExporterLike;
  readonly #parts: HandOverParts;
  #accepted = 0;
  #refused = 0;

  constructor(exporter: SpanExporterLike, parts: HandOverParts) {
    this.#exporter = exporter;
    this.#parts = parts;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get refused(): number {
    return this.#refused;
  }

  add(span: SdkSpan): void {
    try {
      const given: unknown = withoutTracing(() => this.#exporter.export([span], this.#onExported));
      isPromised(given, (error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  postponed(span: SdkSpan, { sender }: RequestRecord): () => void {
    const { identity, keys, failures } = this.#parts;
    return () => {
      try {
        identity.write(span.attributes, sender, keys.current);
      } catch (error) {
        failures.add('release', error);
      }
      this.add(span);
    };
  }

  send(): void {
    // Nothing waits.
  }

  #failed(error: unknown): void {
    this.#refused += 1;
    this.#parts.failures.add('export', error);
  }

  readonly #onExported = (result: ExportOutcome): void => {
    if (result.code === EXPORT_SUCCESS) this.#accepted += 1;
    else this.#refused += 1;
  };
}
