import { createReadStream } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { failure, type Reply } from '../http/response.ts';
import type { Archive, ExportFormat } from '../store/archive.ts';
import { removeCopy } from '../store/copies.ts';
import { parseExportQuery } from './query/event-questions.ts';

const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};

/** `GET /api/export`: events as a file. */
export async function exportReply(archive: Archive | undefined, params: URLSearchParams): Promise<Reply> {
  const parsed = parseExportQuery(params);
  if (!parsed.ok) return failure(400, parsed.error);
  const { query } = parsed;
  const type = CONTENT_TYPES[query.format];
  return sendFile(archive, `events.${query.format}`, type, (each, path) => each.export(query, path));
}

/** `GET /api/backup`: the whole database as a file. */
export function backupReply(archive: Archive | undefined): Promise<Reply> {
  const backup = archive?.backup;
  if (backup === undefined) return Promise.resolve(failure(404, 'this server keeps no file'));
  return sendFile(archive, 'cerberus.duckdb', 'application/octet-stream', (_, path) => backup(path));
}

/** Makes a file, sends it and removes it, whatever becomes of the client. */
async function sendFile(
  archive: Archive | undefined,
  name: string,
  type: string,
  make: (archive: Archive, path: string) => Promise<void>,
): Promise<Reply> {
  if (archive === undefined) return failure(404, 'this server keeps no file');
  const folder = await archive.newFolder();
  const path = join(folder, name);
  try {
    await make(archive, path);
    await chmod(path, 0o600);
    const { size } = await stat(path);
    return { stream: (response) => void send(response, folder, path, name, type, size) };
  } catch (error) {
    await removeCopy(folder);
    throw error;
  }
}

async function send(
  response: ServerResponse,
  folder: string,
  path: string,
  name: string,
  type: string,
  size: number,
): Promise<void> {
  response.writeHead(200, {
    'content-type': type,
    'content-length': size,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  // A client that has gone away is no failure of ours.
  await pipeline(createReadStream(path), response).catch(() => undefined);
  await removeCopy(folder);
}
