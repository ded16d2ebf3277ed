import { request, type Agent, type ClientRequest } from 'node:http';
import type { Visit } from './visits.ts';

/** Sends one request and reads its response to the end, or breaks the connection. Never rejects. */
export function sendVisit(
  agent: Agent,
  origin: string,
  visit: Visit,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(`${origin}${visit.path}`, {
      agent,
      method: visit.method,
      headers: { ...headers, ...bodyHeaders(visit) },
    });
    const abort = abortLater(sent, visit.abortAfterMillis);
    sent.on('response', (response) => response.on('error', () => undefined).resume());
    // A broken connection is what was asked for, or the shop's end: what was lost is counted elsewhere.
    sent.on('error', () => undefined);
    sent.once('close', () => {
      clearTimeout(abort);
      resolve();
    });
    writeBody(sent, visit);
  });
}

function abortLater(sent: ClientRequest, millis: number | undefined): NodeJS.Timeout | undefined {
  return millis === undefined ? undefined : setTimeout(() => void sent.destroy(), millis);
}

function bodyHeaders({ body }: Visit): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
}

function writeBody(sent: ClientRequest, { body, halfBody }: Visit): void {
  if (body !== undefined && halfBody === true) sent.write(body.slice(0, body.length / 2));
  else sent.end(body);
}
