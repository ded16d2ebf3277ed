import type { JsonSchema } from '../../event/event-schema.ts';
import { VERSION } from '../../observe/version.ts';
import { wireSchema } from '../../receive/wire-schema.ts';
import { ROUTE_NEEDS, type RouteName } from '../route-needs.ts';
import { failureResponses, type Json } from './failures.ts';
import { filterParameters, operationOf, type WriteSchema } from './operation.ts';
import { TAGS } from './routes.ts';

/** What writes the schemas of the description. */
export interface SchemaWriter {
  /** All of {@link SCHEMAS}, by their names. */
  readonly named: Readonly<Record<string, Json>>;
  readonly write: WriteSchema;
}

const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token of one of the purposes `ingest`, `read` and `admin`, which is also for reading; the name in brackets is the one that is needed.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same token.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'cerberus_session_8765',
    description:
      "What signing in sets. The name ends with the server's port, or with `shared` where several servers share a database.",
  },
  shareLink: {
    type: 'http',
    scheme: 'bearer',
    description: 'The secret of a share link: it answers questions of the view that it was made for.',
  },
};

const DESCRIPTION = `What a Cerberus server answers over HTTP: requests of applications, as events and as figures.

Failures are \`{"error":"…"}\`. A method that a path does not have is answered with 405, an unknown path with 404. A parameter that a
route does not have, or that is given twice, is answered with 400 and its name. No answer may be cached.`;

/** The OpenAPI 3.1 description of every route. */
export function describeApi({ named, write }: SchemaWriter): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const each of Object.keys(ROUTE_NEEDS)) {
    const name = each as RouteName;
    const [method = '', path = ''] = name.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(name, write) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cerberus server',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server that gave this.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      parameters: filterParameters(write),
      responses: failureResponses(),
      schemas: { ...named, ...ingestSchemas() },
    },
  };
}

/** Events as they are sent, out of the schema of the protocol. */
function ingestSchemas(): Json {
  const { event, ingestBody } = wireSchema()['$defs'] as Readonly<Record<string, JsonSchema>>;
  const properties = ingestBody?.['properties'] as { readonly events: JsonSchema };
  return {
    TracesBody: {
      description:
        'An `ExportTraceServiceRequest` of OTLP; https://github.com/open-telemetry/opentelemetry-proto has the rest of it.',
      type: 'object',
      properties: { resourceSpans: { type: 'array', items: { type: 'object' } } },
    },
    SentEvent: event,
    IngestBody: {
      ...ingestBody,
      properties: { events: { ...properties.events, items: { $ref: '#/components/schemas/SentEvent' } } },
    },
  };
}
