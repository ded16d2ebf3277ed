import * as v from 'valibot';

import { isSecret } from '../messages/signature.ts';
import { labelSchema, readBy } from '../rules/rule.ts';

const MAX_URL_CHARACTERS = 2048;

function urlSchema(protocols: readonly string[]): v.GenericSchema<unknown, string> {
  const rule = `a URL that begins with ${protocols.map((each) => `${each}//`).join(' or ')}, and has a host`;
  const isRight = (text: string): boolean => {
    if (text.length > MAX_URL_CHARACTERS || !URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocols.includes(protocol) && hostname !== '' && text.slice(protocol.length).startsWith('//');
  };
  return v.pipe(v.string(rule), v.check(isRight, rule), v.description(rule));
}

const WEB_URL = urlSchema(['http:', 'https:']);
const ADDRESS_RULE = 'an address such as ops@example.com';
const ADDRESS = v.pipe(
  v.string(ADDRESS_RULE),
  // Neither comments nor quotes, which say of one address that it is another one.
  v.check(
    (text) => text.length <= 254 && /^[^\s\p{C}@<>,;:"()\\]+@[^\s\p{C}@<>,;:"()\\]+$/u.test(text),
    ADDRESS_RULE,
  ),
  v.description(ADDRESS_RULE),
);
const SECRET_RULE = 'whsec_ and 24 to 64 bytes in base64';

/** A webhook of whoever gives its URL. */
interface WebhookDestination {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  /** What messages are signed with; made up where it is not given. */
  readonly secret?: string | undefined;
}

/** An incoming webhook of Slack, or of what speaks like it. */
interface SlackDestination {
  readonly kind: 'slack';
  readonly name: string;
  readonly url: string;
}

/** People who get mail. */
export interface EmailDestination {
  readonly kind: 'email';
  readonly name: string;
  /** With user and password, where the server wants them. */
  readonly smtp: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** Where messages go, with all secrets; as it is sent and written into a file. */
export type Destination = WebhookDestination | SlackDestination | EmailDestination;

/** The description of a {@link Destination}. */
const DESTINATION_SCHEMA: v.GenericSchema<unknown, Destination> = v.variant(
  'kind',
  [
    v.strictObject({
      kind: v.literal('webhook'),
      name: labelSchema(100),
      url: WEB_URL,
      secret: v.optional(
        v.pipe(v.string(SECRET_RULE), v.check(isSecret, SECRET_RULE), v.description(SECRET_RULE)),
      ),
    }),
    v.strictObject({ kind: v.literal('slack'), name: labelSchema(100), url: WEB_URL }),
    v.strictObject({
      kind: v.literal('email'),
      name: labelSchema(100),
      smtp: urlSchema(['smtp:', 'smtps:']),
      from: ADDRESS,
      to: v.pipe(
        v.array(ADDRESS, 'a list of addresses'),
        v.minLength(1, '1 to 20 addresses'),
        v.maxLength(20, '1 to 20 addresses'),
      ),
    }),
  ],
  'one of webhook, slack, email',
);

/** Reads a destination. @returns the rule that is broken, as text; it has no value in it */
export function parseDestination(value: unknown): Destination | string {
  return readBy(DESTINATION_SCHEMA, value);
}

/** What may be shown of where messages go: no path, for a path may be a secret, and no password. */
export function targetOf(destination: Destination): string {
  if (destination.kind === 'email') return destination.to.join(', ');
  return new URL(destination.url).origin;
}
