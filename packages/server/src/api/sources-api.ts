import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type { Counters, RefusalReason } from '../observe/counters.ts';
import type { ConnectedSource, SourceActivity } from '../receive/source-activity.ts';
import { finder } from '../store/filter/search.ts';
import type { Analytics } from '../store/questions/analytics.ts';
import type { ProducerRef, ProducerRow, ServiceInfo } from '../store/questions/producer.ts';
import {
  searchedText,
  silenceOf,
  SILENT_MILLIS,
  type ApplicationRow,
  type SourceQuery,
} from '../store/questions/source-list.ts';
import type { Answer } from './answers/members.ts';
import type { SOURCES } from './answers/senders.ts';
import { QUERIES } from './query/descriptions.ts';
import { mapQuery, readQuery } from './query/reading.ts';

/** What `GET /api/sources` answers from. */
export interface SourcesContext {
  readonly analytics: Pick<Analytics, 'producers' | 'applications'>;
  readonly activity: Pick<SourceActivity, 'snapshot'>;
  readonly counters: Pick<Counters, 'refusals'>;
}

/** Most client ids that the page offers to choose between. */
const MAX_CLIENT_IDS = 200;

/** `GET /api/sources`: who sends, and what was refused since the server started. */
export async function sourcesReply(context: SourcesContext, params: URLSearchParams): Promise<Reply> {
  const parsed = mapQuery(readQuery(QUERIES['GET /api/sources'], params), (given) => ({
    clientId: given.client_id,
    search: given.q || undefined,
    limit: given.limit ?? 100,
  }));
  if (!parsed.ok) return failure(400, parsed.error);
  const { query } = parsed;
  const { analytics, activity, counters } = context;
  const connected = [...activity.snapshot().values()].filter((source) => isMeant(source, query));
  const now = Date.now();
  const clientIds = await analytics.applications({ limit: MAX_CLIENT_IDS, first: [] });
  const body: Sources = {
    ...(await applicationsOf(analytics, connected, query, now)),
    ...(await producersOf(analytics, connected, query)),
    refused: Object.entries(counters.refusals).map(([reason, count]) => ({
      reason: reason as RefusalReason,
      count,
    })),
    client_ids: clientIds.rows.map((row) => row.clientId).toSorted(),
    client_ids_total: clientIds.total,
  };
  return { status: 200, body };
}

type Sources = Answer<typeof SOURCES>;
type SourceJson = Sources['sources'][number];
type ServiceMember = 'service_version' | 'deployment_environment' | 'service_instance_id';
type SourceFilter = Omit<SourceQuery, 'first'>;

function isMeant(source: ProducerRef, { clientId, search }: SourceFilter): boolean {
  return (clientId === undefined || source.clientId === clientId) && finder(search)(searchedText(source));
}

async function applicationsOf(
  analytics: SourcesContext['analytics'],
  connected: readonly ConnectedSource[],
  query: SourceFilter,
  now: number,
): Promise<Pick<Sources, 'applications' | 'applications_total'>> {
  const byClient = new Map<string, ConnectedSource[]>();
  for (const source of connected)
    byClient.set(source.clientId, [...(byClient.get(source.clientId) ?? []), source]);
  const { rows, total } = await analytics.applications({ ...query, first: [...byClient.keys()] });
  const known = new Set(rows.map((row) => row.clientId));
  // What is connected comes first: in a list with room left, one that is missing has stored nothing yet.
  const newcomers =
    rows.length < query.limit ? [...byClient].filter(([clientId]) => !known.has(clientId)) : [];
  const applications = [
    ...rows.map((row) => applicationToJson(row, byClient.get(row.clientId) ?? [], now)),
    ...newcomers.map(([clientId, sources]) =>
      applicationToJson(newApplication(clientId, sources), sources, now),
    ),
  ];
  return {
    applications: applications.slice(0, query.limit),
    applications_total: total + newcomers.length,
  };
}

async function producersOf(
  analytics: SourcesContext['analytics'],
  connected: readonly ConnectedSource[],
  query: SourceFilter,
): Promise<Pick<Sources, 'sources' | 'sources_total'>> {
  const byKey = new Map(connected.map((source) => [source.producer, source]));
  const { rows, total } = await analytics.producers({ ...query, first: [...byKey.keys()] });
  const known = new Set(rows.map((row) => row.producer));
  const newcomers =
    rows.length < query.limit ? connected.filter((source) => !known.has(source.producer)) : [];
  const sources = [
    ...newcomers.map(newcomerToJson),
    ...rows.map((row) => rowToJson(row, byKey.get(row.producer))),
  ];
  return { sources: sources.slice(0, query.limit), sources_total: total + newcomers.length };
}

/** Connected, but nothing of it is stored yet. */
function newApplication(clientId: string, sources: readonly ConnectedSource[]): ApplicationRow {
  const [latest] = [...sources].sort((a, b) => b.since - a.since);
  const since = sources.map((source) => source.since);
  return {
    clientId,
    producers: sources.length,
    modes: [...new Set(sources.map((source) => source.mode))].sort(),
    agent: latest?.agent ?? null,
    service: latest?.service ?? { version: null, environment: null, instanceId: null },
    firstSeen: Math.min(...since),
    lastSeen: Math.max(...since),
    events: 0,
    rejected: 0,
  };
}

function applicationToJson(
  row: ApplicationRow,
  connected: readonly ConnectedSource[],
  now: number,
): Sources['applications'][number] {
  const silentMillis = silenceOf(row, now);
  return {
    client_id: row.clientId,
    producers: row.producers,
    connected: connected.length,
    modes: row.modes,
    agent: row.agent,
    ...serviceToJson(row.service),
    events: row.events,
    rejected: row.rejected,
    throttled: connected.reduce((sum, source) => sum + source.throttled, 0),
    since: formatTime(row.firstSeen),
    last_seen: formatTime(row.lastSeen),
    silent_millis: silentMillis,
    silent_since: silentMillis < SILENT_MILLIS ? null : formatTime(row.lastSeen),
  };
}

function rowToJson(row: ProducerRow, connection: ConnectedSource | undefined): SourceJson {
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

function newcomerToJson(source: ConnectedSource): SourceJson {
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
function refToJson({
  clientId,
  agent,
  mode,
  producer,
  service,
}: ProducerRef): Pick<SourceJson, 'client_id' | 'agent' | 'mode' | 'producer' | ServiceMember> {
  return {
    client_id: clientId,
    agent,
    ...serviceToJson(service),
    mode,
    producer: mode === 'batch' ? producer : null,
  };
}

function serviceToJson({ version, environment, instanceId }: ServiceInfo): Pick<SourceJson, ServiceMember> {
  return {
    service_version: version,
    deployment_environment: environment,
    service_instance_id: instanceId,
  };
}
