import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { failure, type Reply } from '../http/response.ts';

/** Documents that the build makes, and that are the same for everybody. */
export interface Documents {
  /** OpenAPI 3.1: what this server answers. */
  readonly api: Reply;
  /** JSON Schema: what is sent to it. */
  readonly event: Reply;
}

/** Reads them, once. */
export function readDocuments(): Documents {
  return { api: documentReply('../openapi.json'), event: documentReply('../schemas/event.json') };
}

function documentReply(path: string): Reply {
  const file = fileURLToPath(new URL(path, import.meta.url));
  if (!existsSync(file)) return failure(404, 'not found');
  return { status: 200, body: readFileSync(file, 'utf8'), contentType: 'application/json; charset=utf-8' };
}
