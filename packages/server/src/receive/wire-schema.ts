import { keptEvent, takenEvent, type JsonSchema } from '../event/event-schema.ts';
import { TEXT_LIMITS } from '../event/validation.ts';
import { MAX_NAME_CHARACTERS, PRODUCER } from './batch-protocol.ts';
import { MAX_FRAME_EVENTS } from './batch-session.ts';
import { MAX_INGEST_EVENTS } from './ingest-http.ts';

const seq = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const event = { $ref: '#/$defs/event' };
const name = { type: 'string', minLength: 1, maxLength: MAX_NAME_CHARACTERS };

/** What an application says of itself: nothing is refused for it. */
const SERVICE = {
  service_version: { description: '`service.version`.' },
  deployment_environment: { description: '`deployment.environment.name`.' },
  service_instance_id: { description: '`service.instance.id`.' },
};

/** Everything that goes over the wire, as a JSON Schema (2020-12) whose own subject is an event. */
export function wireSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:cerberus:event',
    title: 'Cerberus event',
    description:
      'One HTTP request, as it is sent in a frame of batch mode. PROTOCOL.md has the rest; the messages of both modes are under `$defs`.',
    $ref: '#/$defs/event',
    $defs: {
      event: takenEvent(),
      keptEvent: keptEvent(),
      namedEvent: namedEvent(),
      eventMessage: eventMessage(),
      eventAnswer: eventAnswer(),
      hello: hello(),
      events: events(),
      clientMessage: { title: 'What a client says in batch mode', oneOf: refs('hello', 'events') },
      welcome: welcome(),
      ack: ack(),
      nack: nack(),
      serverMessage: { title: 'What a server says in batch mode', oneOf: refs('welcome', 'ack', 'nack') },
      ingestBody: ingestBody(),
    },
  };
}

function refs(...names: readonly string[]): readonly JsonSchema[] {
  return names.map((each) => ({ $ref: `#/$defs/${each}` }));
}

function namedEvent(): JsonSchema {
  return {
    title: 'Event that says whose it is',
    type: 'object',
    allOf: [event],
    required: ['client_id'],
    properties: {
      client_id: {
        description: `The application; more than ${TEXT_LIMITS.clientId} bytes are cut.`,
        type: 'string',
        minLength: 1,
      },
    },
  };
}

function eventMessage(): JsonSchema {
  const token = { type: 'string', minLength: 1 };
  return {
    title: 'A message of event mode',
    description: 'Both members hold the token; one is enough, and `token` is looked at first.',
    type: 'object',
    allOf: [{ $ref: '#/$defs/namedEvent' }],
    anyOf: [
      { type: 'object', required: ['token'], properties: { token } },
      {
        type: 'object',
        required: ['api_key'],
        properties: { api_key: token, token: { type: 'null' } },
      },
    ],
    properties: SERVICE,
  };
}

function eventAnswer(): JsonSchema {
  return {
    title: "This server's answer to a message of event mode",
    oneOf: [
      { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } },
      {
        type: 'object',
        required: ['status', 'error'],
        properties: { status: { const: 'error' }, error: { type: 'string' } },
      },
    ],
  };
}

function hello(): JsonSchema {
  return {
    title: 'The first message of batch mode',
    type: 'object',
    required: ['type', 'client_id', 'producer'],
    properties: {
      type: { const: 'hello' },
      client_id: { description: 'The application.', ...name, pattern: '^[^\\u0000]*$' },
      producer: { description: 'A UUID of this exporter.', type: 'string', pattern: PRODUCER.source },
      agent: { description: 'Name and version of the client software.' },
      ...SERVICE,
    },
  };
}

function events(): JsonSchema {
  return {
    title: 'A frame of events',
    description: 'One event that is not taken is refused alone, by its index.',
    type: 'object',
    required: ['type', 'seq', 'events'],
    properties: {
      type: { const: 'events' },
      seq,
      events: { type: 'array', maxItems: MAX_FRAME_EVENTS, items: event },
    },
  };
}

function welcome(): JsonSchema {
  return {
    title: 'The answer to a hello',
    type: 'object',
    required: ['type', 'last_seq'],
    properties: {
      type: { const: 'welcome' },
      last_seq: { ...seq, minimum: 0 },
      max_in_flight: { type: 'integer', minimum: 1 },
      max_frame_bytes: { type: 'integer', minimum: 1 },
    },
  };
}

function ack(): JsonSchema {
  return {
    title: 'Everything up to this frame is stored',
    type: 'object',
    required: ['type', 'seq'],
    properties: { type: { const: 'ack' }, seq },
  };
}

function nack(): JsonSchema {
  return {
    title: 'A frame that is not stored, or not whole',
    type: 'object',
    required: ['type', 'seq', 'code'],
    properties: { type: { const: 'nack' }, seq },
    oneOf: [
      {
        type: 'object',
        required: ['rejected'],
        properties: {
          code: { const: 'invalid' },
          rejected: { type: 'array', items: { type: 'integer', minimum: 0 } },
        },
      },
      {
        type: 'object',
        required: ['retry_after_millis'],
        properties: { code: { const: 'throttle' }, retry_after_millis: { type: 'integer', minimum: 0 } },
      },
    ],
  };
}

function ingestBody(): JsonSchema {
  return {
    title: 'The body of HTTP ingest',
    description:
      'An event that is not taken is skipped. Each has a `client_id`, or the request has `X-Client-Id`.',
    type: 'object',
    required: ['events'],
    properties: { events: { type: 'array', maxItems: MAX_INGEST_EVENTS, items: event } },
  };
}
