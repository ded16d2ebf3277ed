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

/** `POST /v1/traces`: an `ExportTraceServiceResponse`. */
export const TRACES_TAKEN = v.object({
  partialSuccess: v.optional(
    v.pipe(
      v.object({
        rejectedSpans: v.pipe(v.string(), v.regex(/^\d+$/)),
        errorMessage: v.string(),
      }),
      v.description('What was refused, where something was.'),
    ),
  ),
});

/** How `POST /v1/traces` fails: a `google.rpc.Status`, unless the request did not come so far. */
export const TRACES_FAILURE = v.union([
  v.object({ code: v.pipe(v.number(), v.integer()), message: v.string() }),
  FAILURE,
]);
