import type { IncomingMessage } from 'node:http';

import type { Alerts } from '../../alerts/alerts.ts';
import type { Refusal } from '../../alerts/book.ts';
import { failure, type Reply } from '../../http/response.ts';
import { DESTINATION_WISH, RULE_WISH } from '../bodies.ts';
import { readJsonObject } from '../json-body.ts';
import { QUERIES } from '../query/descriptions.ts';
import { readQuery } from '../query/reading.ts';
import { destinationToJson, entryToJson, readingToJson, ruleToJson } from './alerts-json.ts';

const RULE_MEMBERS = Object.keys(RULE_WISH.entries);
const DESTINATION_MEMBERS = DESTINATION_WISH.options.flatMap(({ entries }) => Object.keys(entries));

/** A filter may have many long words. */
const MAX_BODY_BYTES = 65_536;

/** `GET /api/alerts`: rules with what fires, and destinations without their secrets. */
export async function alertsReply(alerts: Alerts): Promise<Reply> {
  const [rules, destinations] = [await alerts.rules(), await alerts.book.destinations()];
  return {
    status: 200,
    body: { rules: rules.map(ruleToJson), destinations: destinations.map(destinationToJson) },
  };
}

/** `POST /api/alerts` with a rule. */
export function createRuleReply(message: IncomingMessage, { book }: Alerts): Promise<Reply> {
  return withBody(message, RULE_MEMBERS, async (value) => {
    const made = await book.addRule(value);
    return 'kind' in made ? refusal(made) : { status: 201, body: ruleToJson({ ...made, state: undefined }) };
  });
}

/** `PUT /api/alerts?id=…` with a rule that takes the place of another one. */
export function changeRuleReply(
  message: IncomingMessage,
  alerts: Alerts,
  params: URLSearchParams,
): Promise<Reply> {
  return withId('PUT /api/alerts', params, (id) =>
    withBody(message, RULE_MEMBERS, async (value) => {
      const made = await alerts.book.changeRule(id, value);
      if ('kind' in made) return refusal(made);
      const { state } = (await alerts.rules()).find((each) => each.id === id) ?? { state: undefined };
      return { status: 200, body: ruleToJson({ ...made, state }) };
    }),
  );
}

/** `DELETE /api/alerts?id=…`. */
export function removeRuleReply({ book }: Alerts, params: URLSearchParams): Promise<Reply> {
  return withId('DELETE /api/alerts', params, async (id) => removed(id, await book.removeRule(id)));
}

/** `POST /api/alerts/preview` with a rule: what it would find now. Nothing is kept or sent. */
export function previewReply(message: IncomingMessage, alerts: Alerts): Promise<Reply> {
  return withBody(message, RULE_MEMBERS, async (value) => {
    const rule = alerts.book.parse(value);
    if (typeof rule === 'string') return failure(400, rule);
    return { status: 200, body: { readings: (await alerts.preview(rule)).map(readingToJson) } };
  });
}

/** `GET /api/alerts/log`: what happened, the newest first, and what became of the messages. */
export async function alertLogReply(alerts: Alerts, params: URLSearchParams): Promise<Reply> {
  const parsed = readQuery(QUERIES['GET /api/alerts/log'], params);
  if (!parsed.ok) return failure(400, parsed.error);
  const entries = await alerts.log(parsed.query.limit ?? 100);
  return { status: 200, body: { entries: entries.map(entryToJson) } };
}

/** `POST /api/alerts/destinations` with a destination; the secret that is made up for it is shown this once. */
export function createDestinationReply(message: IncomingMessage, { book }: Alerts): Promise<Reply> {
  return withBody(message, DESTINATION_MEMBERS, async (value) => {
    const made = await book.addDestination(value);
    if ('kind' in made) return refusal(made);
    const secret = made.secret === undefined ? {} : { secret: made.secret };
    return { status: 201, body: { ...destinationToJson(made), ...secret } };
  });
}

/** `PUT /api/alerts/destinations?id=…` with what is to be another one of a destination. */
export function changeDestinationReply(
  message: IncomingMessage,
  alerts: Alerts,
  params: URLSearchParams,
): Promise<Reply> {
  return withId('PUT /api/alerts/destinations', params, (id) =>
    withBody(message, DESTINATION_MEMBERS, async (value) => {
      const changed = await alerts.changeDestination(id, value);
      return 'kind' in changed ? refusal(changed) : { status: 200, body: destinationToJson(changed) };
    }),
  );
}

/** `DELETE /api/alerts/destinations?id=…`. */
export function removeDestinationReply({ book }: Alerts, params: URLSearchParams): Promise<Reply> {
  return withId('DELETE /api/alerts/destinations', params, async (id) =>
    removed(id, await book.removeDestination(id)),
  );
}

/** `POST /api/alerts/test?id=…`: sends a message to a destination, and says what became of it. */
export function testDestinationReply(alerts: Alerts, params: URLSearchParams): Promise<Reply> {
  return withId('POST /api/alerts/test', params, async (id) => {
    const result = await alerts.test(id);
    if (result === undefined) return refusal({ kind: 'missing' });
    return {
      status: 200,
      body: { delivered: result.kind === 'delivered', error: result.reason ?? null },
    };
  });
}

async function withBody(
  message: IncomingMessage,
  known: readonly string[],
  reply: (value: Readonly<Record<string, unknown>>) => Promise<Reply>,
): Promise<Reply> {
  const body = await readJsonObject(message, MAX_BODY_BYTES, known);
  return body.ok ? reply(body.value) : body.reply;
}

async function withId(
  route:
    | 'PUT /api/alerts'
    | 'DELETE /api/alerts'
    | 'PUT /api/alerts/destinations'
    | 'DELETE /api/alerts/destinations'
    | 'POST /api/alerts/test',
  params: URLSearchParams,
  reply: (id: string) => Promise<Reply>,
): Promise<Reply> {
  const parsed = readQuery(QUERIES[route], params);
  if (!parsed.ok) return failure(400, parsed.error);
  return reply(parsed.query.id);
}

function removed(id: string, refused: Refusal | undefined): Reply {
  return refused === undefined ? { status: 200, body: { removed: id } } : refusal(refused);
}

function refusal(refused: Refusal): Reply {
  if (refused.kind === 'invalid') return failure(400, refused.text);
  if (refused.kind === 'full' || refused.kind === 'in_use') return failure(409, refused.text);
  if (refused.kind === 'missing') return failure(404, 'there is nothing of this id');
  return refused.kind === 'read_only'
    ? failure(409, 'it is from the file that the server was started with, and is changed there')
    : failure(409, 'somebody else has changed it a moment ago: look again');
}
