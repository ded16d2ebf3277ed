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
  RETURNING producer, owner, last_seq`;

interface Claimed {
  readonly producer: string;
  readonly owner: number;
  readonly last_seq: number;
}

/** Claims producers. Who asks for the same one at the same time gets the same. @returns what each of them got */
export async function claimAll(
  client: pg.Client,
  producers: readonly ProducerRef[],
  { node, now }: { readonly node: string; readonly now: number },
): Promise<readonly ProducerClaim[]> {
  const each = [...new Map(producers.map((producer) => [producer.producer, producer])).values()];
  const { rows } = await durably<Claimed>(client, CLAIM, [
    each.map(({ producer }) => producer),
    each.map(({ clientId }) => clientId),
    each.map(({ agent }) => agent),
    each.map(({ service }) => service.version),
    each.map(({ service }) => service.environment),
    now,
    each.map(({ service }) => service.instanceId),
    node,
  ]);
  const claims = new Map(
    rows.map(({ producer, owner, last_seq: lastSeq }) => [producer, { claim: owner, lastSeq }]),
  );
  return producers.map(({ producer }) => {
    const claim = claims.get(producer);
    if (claim === undefined) throw new Error('the claim gave no row');
    return claim;
  });
}
