import type { ServerOptions } from './server-options.ts';

/** The options that are integers. */
export type NumberOption = {
  [K in keyof ServerOptions]-?: ServerOptions[K] extends number | undefined ? K : never;
}[keyof ServerOptions];

/** What an option may be. */
export interface NumberRule {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Zero is taken, too, and means something else than a small number. */
  readonly orZero?: boolean;
  /** What the command's help says. */
  readonly help: string;
}

/** The longest delay that a timer takes (`setTimeout` fires at once above it). */
const MAX_MILLIS = 2_147_483_647;
const MIB = 1_048_576;
/** Without an event a database has some megabytes: under a limit like these none would be left, and `10` is meant in another unit. */
const MIN_DB_BYTES = 10_000_000;
/** Of this size every server takes frames (PROTOCOL.md, batch mode, 6): an exporter makes none smaller. */
const MIN_FRAME_BYTES = 65_536;
const MAX_COUNT = Number.MAX_SAFE_INTEGER;

/** The options that are integers, with their ranges; the command has a flag for each. */
export const NUMBER_RULES: Readonly<Record<NumberOption, NumberRule>> = {
  port: { default: 8765, min: 0, max: 65_535, help: 'TCP port, 0 for a free one' },
  threads: { default: 2, min: 1, max: 256, help: 'threads of DuckDB while questions are asked' },
  maxQuestions: { default: 64, min: 1, max: 1_000_000, help: 'questions that wait or are being answered' },
  questionTimeoutMillis: { default: 30_000, min: 1, max: MAX_MILLIS, help: 'time to answer a question' },
  maxConnections: { default: 1000, min: 1, max: 1_000_000, help: 'open WebSocket connections' },
  maxConnectionsPerAddress: { default: 1000, min: 1, max: 1_000_000, help: 'of these from one address' },
  maxUnauthenticatedConnections: {
    default: 100,
    min: 1,
    max: 1_000_000,
    help: 'beside these, without the token',
  },
  maxHttpConnections: { default: 256, min: 1, max: 1_000_000, help: 'open connections for HTTP' },
  maxUnauthenticatedHttpConnections: {
    default: 256,
    min: 1,
    max: 1_000_000,
    help: 'beside these, open connections for HTTP without the token',
  },
  maxFrameBytes: {
    default: MIB,
    min: MIN_FRAME_BYTES,
    max: 64 * MIB,
    help: 'bytes of a WebSocket message, inflated',
  },
  maxInFlightFrames: { default: 64, min: 1, max: 1024, help: 'unacknowledged frames of a client' },
  maxInFlightEvents: { default: 1024, min: 1, max: 1_000_000, help: 'unanswered events of a connection' },
  maxPendingBytes: { default: 64 * MIB, min: 1, max: MAX_COUNT, help: 'uncommitted bytes before throttling' },
  maxPendingEvents: {
    default: 100_000,
    min: 1,
    max: MAX_COUNT,
    help: 'uncommitted events before throttling',
  },
  maxIngestBytes: { default: 8 * MIB, min: 1024, max: 256 * MIB, help: 'bytes of an HTTP ingest request' },
  maxOtlpBytes: { default: 20 * MIB, min: 1024, max: 256 * MIB, help: 'bytes of an OTLP request, inflated' },
  maxEventAgeDays: { default: 30, min: 1, max: 36_500, help: 'age of an event that keeps its time' },
  maxEventAheadMillis: {
    default: 3_600_000,
    min: 0,
    max: MAX_COUNT,
    help: 'how far a clock of a sender may be ahead',
  },
  retentionDays: { default: 30, min: 1, max: 36_500, help: 'days for which events are kept' },
  maxDbBytes: {
    default: 0,
    min: MIN_DB_BYTES,
    max: MAX_COUNT,
    orZero: true,
    help: 'bytes of the database, 0 for no limit',
  },
  throttleMillis: { default: 1000, min: 1, max: 300_000, help: 'wait of a throttled client' },
  helloTimeoutMillis: { default: 10_000, min: 1, max: MAX_MILLIS, help: 'time to say hello' },
  firstEventTimeoutMillis: { default: 60_000, min: 1, max: MAX_MILLIS, help: 'time to send a token' },
  requestTimeoutMillis: { default: 10_000, min: 1, max: MAX_MILLIS, help: 'time to send a request' },
  pingIntervalMillis: { default: 15_000, min: 1, max: MAX_MILLIS, help: 'time between pings' },
  shutdownTimeoutMillis: {
    default: 5000,
    min: 1,
    max: MAX_MILLIS,
    help: 'time to end connections at the end',
  },
};

/** Whether an option may be this. */
export function isWithin(value: number, { min, max, orZero = false }: NumberRule): boolean {
  return Number.isInteger(value) && ((value >= min && value <= max) || (orZero && value === 0));
}

/** What a number must be, for whoever gave another one. */
export function textOfRule({ min, max, orZero = false }: NumberRule): string {
  return `must be ${orZero ? '0, or ' : ''}an integer from ${min} to ${max}`;
}

/** Digits and nothing else: `1e3`, `0x10`, `1_000` or ` 5 ` is more often a mistake than a wish. @returns NaN for any other text */
export function integerOf(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}
