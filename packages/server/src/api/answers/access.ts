import * as v from 'valibot';

import { KEY_ROTATIONS } from '../../server-options.ts';
import { SHARED_VIEWS } from '../../access/sharing/share-scope.ts';
import { PURPOSES } from '../../access/purposes.ts';
import { time } from './members.ts';

const text = v.nullable(v.string());

const token = {
  id: v.string(),
  name: v.string(),
  purpose: v.pipe(v.picklist([...PURPOSES, 'all']), v.description("`all`: the server's own.")),
  application: v.pipe(text, v.description('The only client id that it sends as.')),
  created_at: v.pipe(v.nullable(time), v.description("Null for the server's own.")),
  last_used_at: v.nullable(time),
};

/** A token, without what makes it one. */
export const TOKEN = v.pipe(v.object(token), v.description('A token, without what makes it one.'));

/** `GET /api/tokens`. */
export const TOKENS = v.object({ tokens: v.array(TOKEN) });

/** `POST /api/tokens`. */
export const NEW_TOKEN = v.object({
  token: v.pipe(v.string(), v.description('The token: it is shown this once.')),
  ...token,
});

const scope = {
  view: v.picklist(SHARED_VIEWS),
  range: text,
  since: v.nullable(time),
  until: v.nullable(time),
  client_id: text,
  method: text,
  endpoint: text,
  filter: v.pipe(v.record(v.string(), v.string()), v.description('Words of the filter, as in a query.')),
  metric: text,
  sort: v.string(),
};

const sharedView = {
  id: v.string(),
  ...scope,
  details: v.pipe(v.boolean(), v.description('Whether it shows single events and clients.')),
  expires_at: time,
};

const shareLink = {
  ...sharedView,
  created_by: v.pipe(v.string(), v.description('Id of the token.')),
  created_at: time,
};

/** A share link, without what makes it one. */
export const SHARE = v.pipe(v.object(shareLink), v.description('A share link, without what makes it one.'));

/** `GET /api/shares`. */
export const SHARES = v.object({ shares: v.array(SHARE) });

/** `POST /api/shares`. */
export const NEW_SHARE = v.object({
  secret: v.pipe(v.string(), v.description('What follows `#share=` in the link: it is shown this once.')),
  ...shareLink,
});

/** `DELETE /api/tokens` and `DELETE /api/shares`. */
export const REVOKED = v.object({ revoked: v.pipe(v.string(), v.description('The `id`.')) });

/** `GET /api/session`. */
export const SESSION = v.object({
  signed_in: v.boolean(),
  sign_in: v.pipe(v.boolean(), v.description('False: the server asks nobody to sign in.')),
  admin: v.pipe(v.boolean(), v.description('Whether tokens may be managed.')),
  rotate_key: v.picklist(KEY_ROTATIONS),
  trace_url_template: text,
  share: v.optional(
    v.pipe(v.object(sharedView), v.description('What a share link shows, if that is what was presented.')),
  ),
});

/** `POST /api/session` and `DELETE /api/session`. */
export const SIGNED = v.object({ signed_in: v.boolean() });
