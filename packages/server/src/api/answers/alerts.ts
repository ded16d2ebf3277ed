import * as v from 'valibot';

import { HAPPENINGS } from '../../observe/alert-counts.ts';
import { RULE_WISH } from '../bodies.ts';
import { count, figure, time } from './members.ts';

const text = v.nullable(v.string());
const subject = v.pipe(
  text,
  v.description('An application or a type of error; null where a rule looks at one thing.'),
);

/** A rule, and what fires of it. */
export const ALERT_RULE = v.pipe(
  v.object({
    id: v.string(),
    ...RULE_WISH.entries,
    read_only: v.pipe(v.boolean(), v.description('From the file: it cannot be changed here.')),
    firing: v.array(v.object({ subject, value: figure, since: time })),
    evaluated_to: v.pipe(v.nullable(time), v.description('End of the newest window that was looked at.')),
  }),
  v.description('A rule, and what fires of it.'),
);

const destination = {
  id: v.string(),
  name: v.string(),
  kind: v.pipe(text, v.description("Null where it was sealed with another token of the server's.")),
  target: v.pipe(text, v.description('The origin of a URL, or addresses.')),
  read_only: v.boolean(),
};

/** `PUT /api/alerts/destinations`. */
export const DESTINATION = v.object(destination);

/** `GET /api/alerts`. */
export const ALERTS = v.object({ rules: v.array(ALERT_RULE), destinations: v.array(v.object(destination)) });

/** `POST /api/alerts/destinations`. */
export const NEW_DESTINATION = v.object({
  ...destination,
  secret: v.optional(
    v.pipe(v.string(), v.description('With which messages are signed, if it was made up: shown this once.')),
  ),
});

/** What was removed. */
export const REMOVED = v.object({ removed: v.string() });

/** `POST /api/alerts/preview`. */
export const READINGS = v.object({
  readings: v.array(
    v.object({
      subject,
      value: v.pipe(figure, v.description('Null where there are too few requests to judge.')),
      detail: v.pipe(text, v.description('Whom the value is of.')),
    }),
  ),
});

/** `POST /api/alerts/test`. */
export const TESTED = v.object({ delivered: v.boolean(), error: text });

/** `GET /api/alerts/log`. */
export const ALERT_LOG = v.object({
  entries: v.array(
    v.object({
      id: v.string(),
      at: time,
      rule_id: text,
      rule_name: v.string(),
      type: v.picklist(HAPPENINGS),
      subject,
      value: figure,
      text: v.string(),
      messages: v.array(
        v.object({
          destination: v.string(),
          state: v.picklist(['waiting', 'delivered', 'given_up']),
          attempts: count,
          error: text,
        }),
      ),
    }),
  ),
});
