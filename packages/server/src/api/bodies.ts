import * as v from 'valibot';

import { PURPOSES } from '../access/purposes.ts';
import { SHARED_ORDERS, SHARED_RANGES, SHARED_VIEWS } from '../access/sharing/share-scope.ts';

/** What may be left out, or null. */
const maybe = <const Schema extends v.GenericSchema>(schema: Schema, meaning: string) =>
  v.optional(v.pipe(v.nullable(schema), v.description(meaning)));

/** `POST /api/tokens`. What a text must be besides is said by who reads it. */
export const TOKEN_WISH = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100), v.description('What it is listed as.')),
  purpose: v.picklist(PURPOSES),
  application: maybe(
    v.pipe(v.string(), v.maxLength(256)),
    'The only client id that an `ingest` token sends as.',
  ),
});

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

/** `POST /api/shares`. */
export const SHARE_WISH = v.strictObject({
  view: v.picklist(SHARED_VIEWS),
  range: maybe(v.picklist(SHARED_RANGES), 'A range that ends now, whenever it is opened; by default `24h`.'),
  since: maybe(v.string(), 'With `until`, in the place of a `range`: RFC 3339.'),
  until: maybe(v.string(), 'As `since`.'),
  client_id: maybe(name, 'The only application that it shows.'),
  method: maybe(name, 'Of the view `endpoint`.'),
  endpoint: maybe(name, 'Of the view `endpoint`.'),
  metric: maybe(name, 'The only one of the view `metrics`.'),
  sort: maybe(
    v.picklist(SHARED_ORDERS),
    'What the list of endpoints is ordered by at first; by default `requests`.',
  ),
  valid_for: maybe(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,6}[smhd]$/)),
    'From `1m` to `30d`, by default `7d`.',
  ),
  details: maybe(v.boolean(), 'Whether it shows single events and clients; by default not.'),
});

/** `POST /api/session`. */
export const SIGN_IN = v.object({ token: v.string() });
