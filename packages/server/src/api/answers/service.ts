import * as v from 'valibot';

import { count } from './members.ts';

/** Every answer that is a failure. */
export const FAILURE = v.pipe(
  v.object({ error: v.pipe(v.string(), v.description('What is wrong, in words.')) }),
  v.description('A failure.'),
);

/** `GET /healthz` and its like. */
export const HEALTH = v.object({ status: v.literal('ok') });

/** `GET /api/secret-key`. */
export const SECRET_KEY = v.object({
  secret_key: v.pipe(v.string(), v.description('Key of the HMAC of client addresses.')),
});

/** `POST /v1/ingest/batch`. */
export const INGESTED = v.object({
  accepted: count,
  skipped: v.pipe(count, v.description('Left out: health checks, too large, invalid.')),
});
