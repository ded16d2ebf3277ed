// The yardstick of a server on PostgreSQL: JSON.parse and a binary COPY of the same rows, and nothing else.
import { createRequire } from 'node:module';
import { BinaryCopy } from '../../../packages/server/dist/store/postgres/engine/binary-copy.js';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';
import { FRAME_EVENTS, frameEvents, GROUP_FRAMES, type FrameEvent } from '../server/frames.ts';

interface Client {
  connect(): Promise<void>;
  query(sql: string): Promise<unknown>;
  query(stream: NodeJS.WritableStream): NodeJS.WritableStream;
}

interface Pg {
  readonly Client: new (options: { readonly connectionString: string }) => Client;
}

interface CopyStreams {
  readonly from: (sql: string) => NodeJS.WritableStream;
}

/** As the server's table, with its indexes. */
const TABLE = `
  CREATE TABLE rows (
    arrived date NOT NULL, id bigint NOT NULL, received_at bigint NOT NULL, event_time bigint NOT NULL, client_id text NOT NULL,
    source_ip bytea, endpoint text NOT NULL, scheme boolean, method text NOT NULL, custom_data text NOT NULL, "timestamp" bigint,
    status_code smallint, latency_ms float8, route text, outcome text, user_id text, user_agent text, trace_id bytea, span_id bytea)`;
const COLUMNS = 19;

const manifest = createRequire(new URL('../../../packages/server/package.json', import.meta.url));
const { Client: PgClient } = manifest('pg') as Pg;
const { from } = manifest('pg-copy-streams') as CopyStreams;
const [connectionString] = process.argv.slice(2) as [string];
const client = new PgClient({ connectionString });
await client.connect();
await client.query(TABLE);
await client.query('CREATE INDEX ON rows (event_time)');
await client.query('CREATE INDEX ON rows (id)');
const bodies = Array.from({ length: 16 }, (_, index) => Buffer.from(frameEvents(index * FRAME_EVENTS)));
let id = 0;

answerCalls({
  async run(frames: number): Promise<Usage> {
    const stop = startMeter();
    for (let frame = 0; frame < frames; frame += GROUP_FRAMES) {
      const copy = new BinaryCopy();
      for (let index = frame; index < Math.min(frame + GROUP_FRAMES, frames); index += 1) {
        const body = bodies[index % bodies.length];
        if (body !== undefined)
          for (const event of JSON.parse(body.toString()) as FrameEvent[]) add(copy, event);
      }
      await client.query('BEGIN');
      await copied(copy.finish());
      await client.query('COMMIT');
    }
    return stop();
  },
});

function copied(rows: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(from('COPY rows FROM STDIN (FORMAT binary)'));
    stream.on('finish', resolve).on('error', reject).end(rows);
  });
}

function add(copy: BinaryCopy, event: FrameEvent): void {
  const at = Date.parse(event.timestamp);
  id += 1;
  copy.row(COLUMNS);
  copy.date(20_000);
  copy.int8(id);
  copy.int8(at);
  copy.int8(at);
  copy.text('benchmark');
  copy.hex(event.source_ip);
  copy.text(event.endpoint);
  copy.bool(event.scheme);
  copy.text(event.method);
  copy.text(JSON.stringify(event.custom_data));
  copy.int8(at);
  copy.int2(event.status_code);
  copy.float8(event.latency_ms);
  copy.text(event.route);
  copy.text(event.outcome);
  copy.null();
  copy.null();
  copy.hex(event.trace_id);
  copy.hex(event.span_id);
}
