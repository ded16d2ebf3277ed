import type { Attributes } from '@opentelemetry/api';
import type { ExportOutcome, FinishedSpan } from '@cerberus-otel/exporter-ws/internal';
import type { SpanExporterLike } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';

/** An exporter that keeps the attributes of each span as they were when it was handed over. */
export class RecordingExporter implements SpanExporterLike {
  readonly requests: Attributes[] = [];
  readonly spans: FinishedSpan[] = [];
  /** What it answers. */
  code = 0;
  flushes = 0;
  shutdowns = 0;

  export(spans: FinishedSpan[], resultCallback: (result: ExportOutcome) => void): void {
    for (const span of spans) {
      this.requests.push({ ...span.attributes });
      this.spans.push(span);
    }
    resultCallback({ code: this.code });
  }

  async forceFlush(): Promise<void> {
    this.flushes += 1;
  }

  async shutdown(): Promise<void> {
    this.shutdowns += 1;
  }

  /** The request number `index`, once it is there. */
  async request(index = 0): Promise<Attributes> {
    await until(`request ${index} is exported`, () => this.requests.length > index);
    return this.requests[index] ?? {};
  }
}
