import type pg from 'pg';

import type { GroupDecision } from '../../append-decision.ts';
import type { Append } from '../../store.ts';

/** In order, so that two servers cannot wait for each other. The lock is a write: its commit waits for the standby. */
const LOCK = `
  SELECT producer, owner, last_seq FROM producers WHERE producer = ANY($1) ORDER BY producer FOR UPDATE`;

/** What is stored of producers while nobody else can change it. */
export interface LockedProducers {
  readonly lastSeqs: ReadonlyMap<string, number>;
  readonly claims: ReadonlyMap<string, number>;
}

interface Locked {
  readonly producer: string;
  readonly owner: number;
  readonly last_seq: number;
}

/** No claim has it: whoever claimed a producer that is not there any more has to claim it again. */
const NOBODY = -1;

/**
 * Locks the producers of appends until the end of the transaction, where some have sequence numbers: those, and in the same order the others,
 * which are changed in the end.
 */
export async function lockProducers(client: pg.Client, group: readonly Append[]): Promise<LockedProducers> {
  const numbered = new Set(keysOf(group.filter(({ seq }) => seq !== null)));
  if (numbered.size === 0) return { lastSeqs: new Map(), claims: new Map() };
  const { rows } = await client.query<Locked>(LOCK, [[...new Set(keysOf(group))]]);
  const claims = new Map([...numbered].map((key) => [key, NOBODY]));
  for (const { producer, owner } of rows) if (numbered.has(producer)) claims.set(producer, owner);
  return { lastSeqs: new Map(rows.map((row) => [row.producer, row.last_seq])), claims };
}

function keysOf(group: readonly Append[]): readonly string[] {
  return group.map(({ producer }) => producer.producer);
}

const MERGE = `
  INSERT INTO producers AS p (producer, owner, client_id, last_seq, mode, agent, first_seen, last_seen, events, rejected,
                              service_version, deployment_environment, service_instance_id, held_by, held_at)
  SELECT producer, 0, client_id, last_seq, mode, agent, seen, seen, events, rejected, version, environment, instance, $12, seen
  FROM (SELECT unnest($1::text[]) AS producer, unnest($2::text[]) AS client_id, unnest($3::bigint[]) AS last_seq,
               unnest($4::text[]) AS mode, unnest($5::text[]) AS agent, unnest($6::bigint[]) AS seen,
               unnest($7::bigint[]) AS events, unnest($8::bigint[]) AS rejected, unnest($9::text[]) AS version,
               unnest($10::text[]) AS environment, unnest($11::text[]) AS instance) AS c
  ORDER BY producer COLLATE "C"
  ON CONFLICT (producer) DO UPDATE SET
    client_id = excluded.client_id, last_seq = excluded.last_seq, mode = excluded.mode, agent = excluded.agent,
    first_seen = CASE WHEN p.last_seq = 0 AND p.events = 0 AND p.rejected = 0 THEN excluded.first_seen ELSE p.first_seen END,
    last_seen = excluded.last_seen, events = p.events + excluded.events, rejected = p.rejected + excluded.rejected,
    service_version = excluded.service_version, deployment_environment = excluded.deployment_environment,
    service_instance_id = excluded.service_instance_id`;

/** Adds what a group changes of its producers. */
export async function mergeProducers(
  client: pg.Client,
  { producers }: Pick<GroupDecision, 'producers'>,
  node: string,
): Promise<void> {
  const changes = [...producers.values()];
  const of = <T>(value: (append: Append) => T): T[] => changes.map(({ latest }) => value(latest));
  await client.query(MERGE, [
    [...producers.keys()],
    of(({ producer }) => producer.clientId),
    changes.map(({ lastSeq }) => lastSeq),
    of(({ producer }) => producer.mode),
    of(({ producer }) => producer.agent),
    of(({ receivedAt }) => receivedAt),
    changes.map(({ events }) => events),
    changes.map(({ rejected }) => rejected),
    of(({ producer }) => producer.service.version),
    of(({ producer }) => producer.service.environment),
    of(({ producer }) => producer.service.instanceId),
    node,
  ]);
}
