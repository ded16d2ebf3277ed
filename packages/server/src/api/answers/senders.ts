import * as v from 'valibot';

import { REFUSAL_REASONS } from '../../observe/counters.ts';
import { NODE_STATES } from '../../store/nodes.ts';
import { PRODUCER_MODES } from '../../store/questions/producer.ts';
import { count, time, total } from './members.ts';

const said = v.nullable(v.string());

const service = {
  service_version: said,
  deployment_environment: said,
  service_instance_id: said,
};

const figures = {
  events: v.pipe(count, v.description('Stored.')),
  rejected: v.pipe(count, v.description('Refused for good.')),
  throttled: v.pipe(count, v.description('How often it was told to wait, while it is connected.')),
};

/** `GET /api/sources`. */
export const SOURCES = v.object({
  applications: v.array(
    v.object({
      client_id: v.string(),
      producers: count,
      connected: v.pipe(count, v.description('How many of these are.')),
      modes: v.array(v.picklist(PRODUCER_MODES)),
      agent: said,
      ...service,
      ...figures,
      since: time,
      last_seen: time,
      silent_millis: v.pipe(count, v.description('For how long nothing has come.')),
      silent_since: v.pipe(
        v.nullable(time),
        v.description('Null while it is not silent: for less than five minutes.'),
      ),
    }),
  ),
  applications_total: total,
  sources: v.pipe(
    v.array(
      v.object({
        client_id: v.string(),
        agent: said,
        ...service,
        mode: v.picklist(PRODUCER_MODES),
        producer: v.pipe(said, v.description('Only batch mode has a name for it.')),
        last_seq: v.pipe(v.nullable(count), v.description('Only batch mode has one.')),
        ...figures,
        connected: v.boolean(),
        since: time,
        last_seen: time,
      }),
    ),
    v.description('The exporters, one by one.'),
  ),
  sources_total: total,
  refused: v.pipe(
    v.array(v.object({ reason: v.picklist(REFUSAL_REASONS), count })),
    v.description('Since the server started.'),
  ),
  client_ids: v.array(v.string()),
  client_ids_total: total,
});

/** `GET /api/nodes`. */
export const NODES = v.object({
  version: v.pipe(v.string(), v.description('Of the server that answers.')),
  nodes: v.array(
    v.object({
      name: v.pipe(v.string(), v.description('Host and port.')),
      this: v.pipe(v.boolean(), v.description('Whether it is the one that answers.')),
      version: v.string(),
      state: v.picklist(NODE_STATES),
      unready: v.pipe(said, v.description('Why it takes no events.')),
      connections: count,
      events: v.pipe(count, v.description('That it has stored since it started.')),
      events_per_second: v.pipe(v.number(), v.minValue(0)),
      since: time,
      last_seen: time,
      silent_millis: v.number(),
    }),
  ),
  total,
  aggregates_behind_millis: v.pipe(
    v.nullable(v.number()),
    v.description('For how long the oldest events wait to be aggregated; null where no database is shared.'),
  ),
});
