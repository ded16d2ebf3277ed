import * as v from 'valibot';

import { EVENT_JSON } from '../../event/json.ts';

/** `GET /api/events`. */
export const EVENT_PAGE = v.object({
  events: v.array(EVENT_JSON),
  next: v.pipe(v.nullable(v.string()), v.description('The `cursor` of the next page; null on the last one.')),
});

/** `GET /api/events/detail`. */
export const ONE_EVENT = v.object({
  event: EVENT_JSON,
  before: v.pipe(
    v.array(EVENT_JSON),
    v.description(
      'What the same client asked of the same application within a day before, in order of time.',
    ),
  ),
  after: v.pipe(v.array(EVENT_JSON), v.description('The same, after it.')),
});
