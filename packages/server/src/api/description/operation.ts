import * as v from 'valibot';

import { TAKES_TOKENS } from '../../access/doorkeeper.ts';
import {
  DESTINATION_CHANGE,
  DESTINATION_WISH,
  RULE_WISH,
  TOKEN_WISH,
  SHARE_WISH,
  SIGN_IN,
  THRESHOLD_WISH,
} from '../bodies.ts';
import { QUERIES } from '../query/descriptions.ts';
import { FILTER_PARAMETERS } from '../query/filter.ts';
import { ruleOf, type GivenParameter, type Parameter } from '../query/parameters.ts';
import { ROUTE_NEEDS, type RouteName } from '../route-needs.ts';
import { LINK_RULES } from '../sharing/link-rules.ts';
import { contentOf, failureOf, type FAILURES, type Json } from './failures.ts';
import { ROUTE_DESCRIPTIONS } from './routes.ts';

/** Writes a schema as JSON Schema: of what is given, or of what that is read as. */
export type WriteSchema = (schema: v.GenericSchema, of: 'input' | 'output') => Json;

type Query = Readonly<Record<string, Parameter<unknown> | GivenParameter<unknown>>>;

/** What a route takes as a body. */
const BODIES: Partial<Readonly<Record<RouteName, v.GenericSchema | Json>>> = {
  'POST /v1/ingest/batch': { $ref: '#/components/schemas/IngestBody' },
  'POST /v1/traces': { $ref: '#/components/schemas/TracesBody' },
  'POST /api/tokens': TOKEN_WISH,
  'POST /api/shares': SHARE_WISH,
  'POST /api/alerts': RULE_WISH,
  'PUT /api/alerts': RULE_WISH,
  'POST /api/alerts/preview': RULE_WISH,
  'POST /api/alerts/destinations': DESTINATION_WISH,
  'PUT /api/alerts/destinations': DESTINATION_CHANGE,
  'PUT /api/apdex-thresholds': THRESHOLD_WISH,
  'POST /api/session': SIGN_IN,
};

/** Describes a route. */
export function operationOf(name: RouteName, write: WriteSchema): Json {
  const { tag, summary, more, encodings = [] } = ROUTE_DESCRIPTIONS[name];
  const body = BODIES[name];
  const description = [more, linkText(name), QUERIES[name] === 'any' && 'Parameters are not looked at.']
    .filter(Boolean)
    .join(' ');
  return {
    operationId: operationId(name),
    tags: [tag],
    summary,
    ...(description !== '' && { description }),
    security: securityOf(name),
    parameters: [...parametersOf(name, write), ...headersOf(name)],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: contentOf(isJson(body) ? body : write(body, 'input'), encodings),
      },
    }),
    responses: responsesOf(name),
  };
}

function isJson(body: v.GenericSchema | Json): body is Json {
  return '$ref' in body;
}

/** Such as `getCustomMetricsDetail`. */
function operationId(name: RouteName): string {
  const [method = '', path = ''] = name.split(' ');
  const words = path.split(/[^a-z0-9]+/).filter((word) => word !== '' && word !== 'api');
  return [method.toLowerCase(), ...words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)].join('');
}

function linkText(name: RouteName): string | undefined {
  const rule = LINK_RULES[name];
  if (typeof rule === 'string') return undefined;
  const params =
    rule.params.length === 0 ? 'no parameter' : rule.params.map((each) => `\`${each}\``).join(', ');
  const details = rule.details === true ? ' that shows details' : '';
  return `A share link to the view ${rule.views.join(' or ')}${details} may ask this, with ${params}: it decides all else.`;
}

/** Any of these will do. */
function securityOf(name: RouteName): readonly Json[] {
  const need = ROUTE_NEEDS[name];
  if (need === 'nothing') return [];
  const rule = LINK_RULES[name];
  return [
    { token: [need.needs] },
    { apiKey: [need.needs] },
    ...(need.session ? [{ session: [need.needs] }] : []),
    ...(rule === 'never' || rule === 'open' ? [] : [{ shareLink: [] }]),
    // Its token may come with each event.
    ...(name === 'GET /ws/events' ? [{}] : []),
  ];
}

function parametersOf(name: RouteName, write: WriteSchema): readonly Json[] {
  const query = QUERIES[name];
  if (query === 'any') return [];
  return Object.entries(query as Query).map(([each, schema]) =>
    Object.entries(FILTER_PARAMETERS).some(([filter, its]) => filter === each && its === schema)
      ? { $ref: `#/components/parameters/${each}` }
      : parameterOf(each, schema, write),
  );
}

/** The parameters of the filter, which many routes have. */
export function filterParameters(write: WriteSchema): Json {
  const described = Object.entries(FILTER_PARAMETERS as Query).map(([name, schema]) => [
    name,
    parameterOf(name, schema, write),
  ]);
  return Object.fromEntries(described) as Json;
}

function parameterOf(name: string, schema: Query[string], write: WriteSchema): Json {
  const isGiven = schema.type !== 'optional';
  const inner = isGiven ? schema : (schema as Parameter<unknown>).wrapped;
  const { rule, isNumber } = ruleOf(schema);
  const { description: _, ...written } = write(inner, isNumber ? 'output' : 'input');
  return {
    name,
    in: 'query',
    description: `${v.getDescription(inner) ?? ''} It must be ${rule}.`,
    ...(isGiven && { required: true }),
    schema: written,
  };
}

function headersOf(name: RouteName): readonly Json[] {
  if (name !== 'POST /v1/ingest/batch') return [];
  const description = 'The application of events that do not name one.';
  return [{ name: 'X-Client-Id', in: 'header', description, schema: { type: 'string' } }];
}

function responsesOf(name: RouteName): Json {
  const { status = 200, failures = {}, failureSchema, encodings } = ROUTE_DESCRIPTIONS[name];
  const common = Object.entries(commonFailures(name)).map(([code, each]) => [
    code,
    { $ref: `#/components/responses/${each}` },
  ]);
  const own = Object.entries(failures).map(([code, description]) => [
    code,
    failureOf(description, failureSchema, encodings),
  ]);
  return { [status]: successOf(name), ...Object.fromEntries([...common, ...own]) } as Json;
}

function successOf(name: RouteName): Json {
  const { answer, encodings = [] } = ROUTE_DESCRIPTIONS[name];
  if (answer === 'nothing') return { description: 'As asked.' };
  if (typeof answer === 'string')
    return {
      description: 'The answer.',
      content: contentOf({ $ref: `#/components/schemas/${answer}` }, encodings),
    };
  const content = Object.fromEntries(answer.types.map((type) => [type, {}]));
  return { description: answer.is, content };
}

/** By status, the names of how routes of a kind fail, all of them. */
function commonFailures(name: RouteName): Readonly<Record<number, keyof typeof FAILURES>> {
  const takesParameters = QUERIES[name] !== 'any';
  // A share link is refused also where nothing is needed.
  const judges = ROUTE_NEEDS[name] !== 'nothing' || LINK_RULES[name] === 'never';
  const path = name.split(' ')[1] ?? '';
  return {
    ...(takesParameters && { 400: 'BadParameter' }),
    ...(takesParameters && BODIES[name] !== undefined && { 400: 'BadBody', 413: 'TooLarge', 415: 'NotJson' }),
    ...(judges && { 401: 'Unauthorized', 403: 'Forbidden' }),
    ...(TAKES_TOKENS.test(path) && { 429: 'TooManyGuesses' }),
    500: 'Mistake',
    503: 'NotNow',
  };
}
