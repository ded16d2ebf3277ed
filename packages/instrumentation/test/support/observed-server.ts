import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { CerberusSpanProcessor, type CerberusSpanProcessorOptions } from '../../dist/esm/index.js';
import { listen, type TestServer } from './http-server.js';
import { RecordingExporter } from './recording-exporter.js';
import { RecordingReporter } from './recording-reporter.js';
import { startTracing, type Tracing, type TracingOptions } from './tracing.js';

/** The secret key of the processor. */
export const KEY = 'k'.repeat(32);

/** What the processor makes of an address or of a user. */
export const hashOf = (address: string): string => pseudonym(secretKeyOf(KEY), address);

/** The pseudonym of who sends requests from this machine. */
export const HASH: string = hashOf('127.0.0.1');

/** An HTTP server whose requests a `CerberusSpanProcessor` hands to an exporter that keeps them. */
export class ObservedServer {
  exporter!: RecordingExporter;
  reporter!: RecordingReporter;
  processor!: CerberusSpanProcessor;
  tracing: Tracing | undefined;
  server: TestServer | undefined;

  /** Begins to trace, with a new processor. */
  start(options: CerberusSpanProcessorOptions = {}, rest: Partial<TracingOptions> = {}): void {
    this.exporter = new RecordingExporter();
    this.reporter = new RecordingReporter();
    this.processor = new CerberusSpanProcessor(
      { exporter: this.exporter, secretKey: KEY, ...options },
      { env: {}, reporter: this.reporter },
    );
    this.tracing = startTracing({ ...rest, processors: [this.processor, ...(rest.processors ?? [])] });
  }

  /** @returns the port */
  async serve(handler: Parameters<typeof listen>[0]): Promise<number> {
    this.server = await listen(handler);
    return this.server.port;
  }

  async stop(): Promise<void> {
    await this.server?.close();
    await this.tracing?.stop();
    this.server = undefined;
    this.tracing = undefined;
  }
}

/** For the suite in which it is called; stopped after each test. */
export function useObservedServer(): ObservedServer {
  const observed = new ObservedServer();
  afterEach(() => observed.stop());
  return observed;
}
