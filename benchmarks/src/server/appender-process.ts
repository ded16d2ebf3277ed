// The yardstick of the server: JSON.parse and DuckDB's appender of the same rows, and nothing else.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { temporaryFolder } from '../harness/folder.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';
import { FRAME_EVENTS, frameEvents, GROUP_FRAMES, type FrameEvent } from './frames.ts';

interface Appender {
  appendBigInt(value: bigint): void;
  appendVarchar(value: string): void;
  appendBoolean(value: boolean): void;
  appendSmallInt(value: number): void;
  appendDouble(value: number): void;
  appendTimestampMilliseconds(value: object): void;
  appendNull(): void;
  endRow(): void;
  flushSync(): void;
}

interface DuckDb {
  readonly DuckDBTimestampMillisecondsValue: new (millis: bigint) => object;
  readonly DuckDBInstance: {
    create(
      path: string,
      options: object,
    ): Promise<{
      connect(): Promise<{
        run(sql: string): Promise<unknown>;
        createAppender(table: string): Promise<Appender>;
      }>;
    }>;
  };
}

/** As the server's table. */
const COLUMNS =
  'id BIGINT NOT NULL, received_at TIMESTAMP_MS NOT NULL, event_time TIMESTAMP_MS NOT NULL, client_id VARCHAR NOT NULL, ' +
  'source_ip VARCHAR, endpoint VARCHAR NOT NULL, scheme BOOLEAN, method VARCHAR NOT NULL, ' +
  'custom_data JSON NOT NULL, "timestamp" TIMESTAMP_MS, status_code SMALLINT, ' +
  'latency_ms DOUBLE, route VARCHAR, outcome VARCHAR, user_id VARCHAR, user_agent VARCHAR, trace_id VARCHAR, ' +
  'span_id VARCHAR, session_id VARCHAR, sample_rate DOUBLE';

const manifest = new URL('../../../packages/server/package.json', import.meta.url);
const duckdb = createRequire(manifest)('@duckdb/node-api') as DuckDb;
const folder = temporaryFolder();
const instance = await duckdb.DuckDBInstance.create(join(folder.path, 'rows.duckdb'), {
  // As the server's: with DuckDB's own 16 MB the appender would spend most of its time merging the log into the file.
  threads: '2',
  memory_limit: '512MB',
  checkpoint_threshold: '64MB',
});
const connection = await instance.connect();
await connection.run(`CREATE TABLE events (${COLUMNS})`);
const appender = await connection.createAppender('events');
const bodies = Array.from({ length: 16 }, (_, index) => Buffer.from(frameEvents(index * FRAME_EVENTS)));
let id = 0;

answerCalls({
  async run(frames: number): Promise<Usage> {
    const stop = startMeter();
    for (let frame = 0; frame < frames; frame += GROUP_FRAMES) {
      await connection.run('BEGIN');
      for (let index = frame; index < Math.min(frame + GROUP_FRAMES, frames); index += 1) {
        const body = bodies[index % bodies.length];
        if (body !== undefined)
          for (const event of JSON.parse(body.toString()) as FrameEvent[]) append(event);
      }
      appender.flushSync();
      await connection.run('COMMIT');
    }
    return stop();
  },
  close: () => folder.remove(),
});

function append(event: FrameEvent): void {
  const at = Date.parse(event.timestamp);
  id += 1;
  appender.appendBigInt(BigInt(id));
  time(at);
  time(at);
  appender.appendVarchar('benchmark');
  appender.appendVarchar(event.source_ip);
  appender.appendVarchar(event.endpoint);
  appender.appendBoolean(event.scheme);
  appender.appendVarchar(event.method);
  appender.appendVarchar(JSON.stringify(event.custom_data));
  time(at);
  appender.appendSmallInt(event.status_code);
  appender.appendDouble(event.latency_ms);
  appender.appendVarchar(event.route);
  appender.appendVarchar(event.outcome);
  appender.appendNull();
  appender.appendNull();
  appender.appendVarchar(event.trace_id);
  appender.appendVarchar(event.span_id);
  appender.appendNull();
  appender.appendNull();
  appender.endRow();
}

function time(millis: number): void {
  appender.appendTimestampMilliseconds(new duckdb.DuckDBTimestampMillisecondsValue(BigInt(millis)));
}
