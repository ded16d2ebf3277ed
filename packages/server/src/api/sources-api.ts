import { formatTime } from '../event/timestamps.ts';
import type { Reply } from '../http/response.ts';
import type { Counters } from '../observe/counters.ts';
import type { ConnectedSource, SourceActivity } from '../receive/source-activity.ts';
import type { Analytics } from '../store/analytics.ts';
import type { ProducerRef, ProducerRow } from '../store/producer.ts';

/** What `GET /api/sources` answers from. */
export interface SourcesContext {
  readonly analytics: Pick<Analytics, 'producers' | 'clientIds'>;
  readonly activity: Pick<SourceActivity, 'snapshot'>;
  readonly counters: Pick<Counters, 'refusals'>;
}

/** `GET /api/sources`: who sends, and what was refused since the server started. */
export async function sourcesReply(context: SourcesContext, params: URLSearchParams): Promise<Reply> {
  const clientId = params.get('client_id');
  const rows = await context.analytics.producers();
  const connected = context.activity.snapshot();
  const known = new Set(rows.map((row) => row.producer));
  const sources = [
    // Connected, but nothing of it is stored yet.
    ...[...connected.values()].filter((source) => !known.has(source.producer)).map(newcomerToJson),
    ...rows.map((row) => rowToJson(row, connected.get(row.producer))),
  ];
  return {
    status: 200,
    body: {
      sources: sources.filter((source) => clientId === null || source['client_id'] === clientId),
      refused: Object.entries(context.counters.refusals).map(([reason, count]) => ({ reason, count })),
      client_ids: await context.analytics.clientIds(),
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

function rowToJson(row: ProducerRow, connection: ConnectedSource | undefined): Json {
  return {
    ...refToJson(row),
    last_seq: row.mode === 'batch' ? row.lastSeq : null,
    events: row.events,
    rejected: row.rejected,
    throttled: connection?.throttled ?? 0,
    connected: connection !== undefined,
    since: formatTime(connection?.since ?? row.firstSeen),
    last_seen: formatTime(row.lastSeen),
  };
}

function newcomerToJson(source: ConnectedSource): Json {
  return {
    ...refToJson(source),
    last_seq: source.mode === 'batch' ? 0 : null,
    events: 0,
    rejected: 0,
    throttled: source.throttled,
    connected: true,
    since: formatTime(source.since),
    last_seen: formatTime(source.since),
  };
}

/** Only batch mode has a name of its own for a producer; the others' keys are the server's. */
function refToJson({ clientId, agent, mode, producer, service }: ProducerRef): Json {
  return {
    client_id: clientId,
    agent,
    service_version: service.version,
    deployment_environment: service.environment,
    service_instance_id: service.instanceId,
    mode,
    producer: mode === 'batch' ? producer : null,
  };
}
