import * as v from 'valibot';

import { count, estimated, figure, more, time, total } from './members.ts';

/** `GET /api/consumers`. */
export const CONSUMERS = v.object({
  estimated,
  consumers: v.array(
    v.object({
      value: v.pipe(v.string(), v.description('As the filter takes it.')),
      label: v.pipe(v.nullable(v.string()), v.description('The last that was given.')),
      group: v.pipe(v.nullable(v.string()), v.description('As the label.')),
      requests: count,
      errors: count,
      latency_ms: v.object({ p95: figure }),
      endpoints: v.pipe(count, v.description('Different ones.')),
      first_seen: v.pipe(time, v.description('In the range.')),
      last_seen: time,
      new: v.pipe(
        v.nullable(v.boolean()),
        v.description(
          'It asked for nothing in the range of equal length before; null where that was not kept as a whole.',
        ),
      ),
    }),
  ),
  total,
  new: v.pipe(v.nullable(count), v.description('Of all that match, how many are; null as there.')),
});

const release = { release: v.string(), first_seen: time };

/** `GET /api/releases`. */
export const RELEASES = v.object({
  releases: v.pipe(
    v.array(
      v.object({
        client_id: v.string(),
        ...release,
        previous: v.pipe(v.nullable(v.object(release)), v.description('The one that appeared before it.')),
      }),
    ),
    v.description('Those that appeared in the range, the newest first.'),
  ),
  more,
});
