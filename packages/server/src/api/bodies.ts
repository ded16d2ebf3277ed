import * as v from 'valibot';

import { MEASURES, SHARERS, type Rule } from '../alerts/rules/rule.ts';
import { PURPOSES } from '../access/purposes.ts';
import { SHARED_WORDS } from '../access/sharing/share-filter.ts';
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

const word = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
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
  filter: maybe(
    v.strictObject(v.entriesFromList(SHARED_WORDS, v.optional(word))),
    'Only such requests: words of the filter, with the values that they have in a query.',
  ),
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

const limit = v.pipe(v.number(), v.minValue(0));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const described = <const Schema extends v.GenericSchema>(schema: Schema, meaning: string) =>
  v.optional(v.pipe(schema, v.description(meaning)));

/** A rule of an alert. Which members go together is said by who reads it. */
export const RULE_WISH = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  measure: v.picklist(MEASURES),
  filter: described(v.record(v.string(), v.string()), 'Words of the filter; none for all requests.'),
  of: described(v.picklist(SHARERS), 'Of `share`; by default `source_ip`.'),
  above: described(limit, 'Fires above it: a share, milliseconds, requests or minutes.'),
  below: described(limit, 'Fires with fewer requests.'),
  recover: described(limit, 'To which the value has to come back; by default the limit.'),
  recover_windows: described(whole(1, 100), 'For so many windows; by default 2, and 1 with `recover`.'),
  window_minutes: described(whole(1, 1440), 'By default 5.'),
  min_requests: described(
    whole(0, 1e9),
    'With fewer in the window nothing is judged; by default 20, of `new_error_type` 1 of the type.',
  ),
  delay_seconds: described(whole(0, 3600), 'When a window is looked at after its end; by default 30.'),
  schedule: described(v.string(), 'Of `summary`: five fields of cron.'),
  time_zone: described(v.string(), 'Of the schedule; by default UTC.'),
  destinations: described(v.array(v.string()), 'Ids of those who are told.'),
  paused: described(v.boolean(), 'By default not.'),
} satisfies Readonly<Record<keyof Rule, v.GenericSchema>>);

const called = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const url = v.pipe(v.string(), v.description('`http://` or `https://`.'));

/** `POST /api/alerts/destinations`. */
export const DESTINATION_WISH = v.variant('kind', [
  v.strictObject({
    kind: v.literal('webhook'),
    name: called,
    url,
    secret: described(v.string(), '`whsec_` and base64; made up where it is not given.'),
  }),
  v.strictObject({ kind: v.literal('slack'), name: called, url }),
  v.strictObject({
    kind: v.literal('email'),
    name: called,
    smtp: v.pipe(v.string(), v.description('`smtp://` or `smtps://`, with user and password.')),
    from: v.string(),
    to: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(20)),
  }),
]);

/** `PUT /api/alerts/destinations`: what is to be another one. */
export const DESTINATION_CHANGE = v.strictObject({
  kind: described(v.picklist(['webhook', 'slack', 'email']), 'The one that it has.'),
  name: v.optional(called),
  url: v.optional(url),
  secret: described(v.string(), 'Of a webhook: `whsec_` and base64.'),
  smtp: described(v.string(), 'Of a mail, as `from` and `to`.'),
  from: v.optional(v.string()),
  to: v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(20))),
});

/** The largest threshold of Apdex, milliseconds: an hour. */
export const MAX_THRESHOLD_MILLIS = 3_600_000;

/** `PUT /api/apdex-thresholds`. */
export const THRESHOLD_WISH = v.strictObject({
  threshold_ms: v.pipe(whole(1, MAX_THRESHOLD_MILLIS), v.description('What is fast enough, milliseconds.')),
});

/** `POST /api/session`. */
export const SIGN_IN = v.object({ token: v.string() });
