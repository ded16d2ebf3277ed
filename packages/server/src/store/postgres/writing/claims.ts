import type pg from 'pg';

import type { ProducerRef } from '../../questions/producer.ts';
import type { ProducerClaim } from '../../store.ts';
import { durably } from '../engine/transaction.ts';

/**
 * A write, and not a read: `last_seq` may be told only when it is durable, and a read does not wait for the standby. The row's lock
 * waits for a transaction that another server has begun for the producer; what comes to that server later is fenced off.
 * In order, so that two of these cannot wait for each other.
 */
const CLAIM = `
  INSERT INTO producers AS p (producer, owner, client_id, last_seq, mode, agent, first_seen, last_seen, events, rejected,
                              service_version, deployment_environment, service_instance_id, held_by, held_at)
  SELECT producer, nextval('claims'), client_id, 0, 'batch', agent, $6, $6, 0, 0, version, environment, instance, $8, $6
  FROM (SELECT unnest($1::text[]) AS producer, unnest($2::text[]) AS client_id, unnest($3::text[]) AS agent,
               unnest($4::text[]) AS version, unnest($5::text[]) AS environment, unnest($7::text[]) AS instance) AS c
  ORDER BY producer COLLATE "C"
  ON CONFLICT (producer) DO UPDATE SET owner = excluded.owner, held_by = excluded.held_by, held_at = excluded.held_at
  WHERE p.client_id = excluded.client_id
  RETURNING producer, owner, last_seq`;

interface Claimed {
  readonly producer: string;
  readonly owner: number;
  readonly last_seq: number;
}

/**
 * Claims producers. Who asks for the same one at the same time gets the same.
 *
 * @returns what each of them got; `undefined` where the producer is another application's
 */
export async function claimAll(
  client: pg.Client,
  producers: readonly ProducerRef[],
  by: { readonly node: string; readonly now: number },
): Promise<readonly (ProducerClaim | undefined)[]> {
  const claims = new Map<string, ProducerClaim>();
  for (const round of rounds(producers)) {
    const { rows } = await durably<Claimed>(client, CLAIM, valuesOf(round, by));
    const clientIds = new Map(round.map((ref) => [ref.producer, ref.clientId]));
    for (const { producer, owner, last_seq: lastSeq } of rows) {
      claims.set(keyOf(producer, clientIds.get(producer) ?? ''), { claim: owner, lastSeq });
    }
  }
  return producers.map(({ producer, clientId }) => claims.get(keyOf(producer, clientId)));
}

/** Each of them once, and no two applications that say the same producer in one statement, which changes a row but once. */
function rounds(producers: readonly ProducerRef[]): readonly (readonly ProducerRef[])[] {
  const each = new Map(producers.map((ref) => [keyOf(ref.producer, ref.clientId), ref]));
  const all: Map<string, ProducerRef>[] = [];
  for (const ref of each.values()) {
    const free = all.find((round) => !round.has(ref.producer));
    if (free === undefined) all.push(new Map([[ref.producer, ref]]));
    else free.set(ref.producer, ref);
  }
  return all.map((round) => [...round.values()]);
}

function keyOf(producer: string, clientId: string): string {
  return `${producer} ${clientId}`;
}

function valuesOf(
  producers: readonly ProducerRef[],
  { node, now }: { readonly node: string; readonly now: number },
): unknown[] {
  return [
    producers.map(({ producer }) => producer),
    producers.map(({ clientId }) => clientId),
    producers.map(({ agent }) => agent),
    producers.map(({ service }) => service.version),
    producers.map(({ service }) => service.environment),
    now,
    producers.map(({ service }) => service.instanceId),
    node,
  ];
}
