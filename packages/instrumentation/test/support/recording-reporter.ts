import type { Reporter, WarningCode } from '@cerberus-otel/exporter-ws/internal';

/** Keeps what a component reports. */
export class RecordingReporter implements Reporter {
  readonly debugging = false;
  readonly lines: string[] = [];
  readonly conditions: { code: WarningCode; message: string }[] = [];

  info(message: string): void {
    this.lines.push(message);
  }

  warn(message: string): void {
    this.lines.push(message);
  }

  debug(): void {
    // Not looked at.
  }

  condition(code: WarningCode, message: string): void {
    this.conditions.push({ code, message });
  }

  get codes(): WarningCode[] {
    return this.conditions.map(({ code }) => code);
  }
}
