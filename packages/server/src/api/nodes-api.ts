import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import { VERSION } from '../observe/version.ts';
import type { NodeRow, Nodes } from '../store/nodes.ts';
import type { Answer } from './answers/members.ts';
import type { NODES } from './answers/senders.ts';
import { QUERIES } from './query/descriptions.ts';
import { readQuery } from './query/reading.ts';

/** `GET /api/nodes`: the servers that share the database; none where one has it for itself. */
export async function nodesReply(nodes: Nodes | undefined, params: URLSearchParams): Promise<Reply> {
  const parsed = readQuery(QUERIES['GET /api/nodes'], params);
  if (!parsed.ok) return failure(400, parsed.error);
  const list = await nodes?.list(parsed.query.limit ?? 100);
  const body: Answer<typeof NODES> = {
    version: VERSION,
    nodes: list?.rows.map(nodeToJson) ?? [],
    total: list?.total ?? 0,
    aggregates_behind_millis: list?.aggregatesBehindMillis ?? null,
  };
  return { status: 200, body };
}

function nodeToJson(node: NodeRow): Answer<typeof NODES>['nodes'][number] {
  return {
    name: node.name,
    this: node.isThis,
    version: node.version,
    state: node.state,
    unready: node.unready,
    connections: node.connections,
    events: node.events,
    events_per_second: node.eventsPerSecond,
    since: formatTime(node.startedAt),
    last_seen: formatTime(node.lastSeen),
    silent_millis: node.silentMillis,
  };
}
