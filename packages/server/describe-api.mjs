// Writes what the server says of itself, out of the schemas that it reads and answers by: the OpenAPI description of its routes, and the
// JSON Schema of the protocol. The build puts both beside the server's code; `--docs` also renews the copies in the repository.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';

import { SCHEMAS } from './dist/api/description/answers.js';
import { describeApi } from './dist/api/description/open-api.js';
import { wireSchema } from './dist/receive/wire-schema.js';

const { values } = parseArgs({ options: { docs: { type: 'boolean', default: false } } });

const options = {
  target: 'draft-2020-12',
  definitions: SCHEMAS,
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  // How something is read is no part of what it is.
  ignoreActions: ['metadata', 'raw_transform', 'to_lower_case'],
};

function write(schema, typeMode) {
  const { $schema: _, $defs: __, ...written } = toJsonSchema(schema, { ...options, typeMode });
  return written;
}

const documents = [
  [
    describeApi({ named: toJsonSchemaDefs(SCHEMAS, options), write }),
    'dist/openapi.json',
    '../../docs/openapi.json',
  ],
  [wireSchema(), 'dist/schemas/event.json', '../../event.schema.json'],
];
for (const [document, built, copy] of documents) {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  for (const name of values.docs ? [built, copy] : [built]) {
    const file = fileURLToPath(new URL(name, import.meta.url));
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
