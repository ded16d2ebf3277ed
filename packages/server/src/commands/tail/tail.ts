import { setTimeout as sleep } from 'node:timers/promises';

import { messageOf } from '../../errors.ts';
import { failureIn, reasonOf } from '../refusals.ts';
import { readMessages } from './event-stream.ts';
import { tailLine, type TailedEvent } from './line.ts';
import type { Paint } from '../terminal.ts';

/** What to watch. */
export interface TailOptions {
  /** Base URL of the server. */
  readonly url: string;
  /** Undefined for a server without sign-in. */
  readonly token: string | undefined;
  /** Only this route or path. */
  readonly endpoint: string | undefined;
  readonly clientId: string | undefined;
  /** The events as the server sends them, one a line. */
  readonly json: boolean;
}

/** Where it goes. */
export interface TailOutput {
  readonly paint: Paint;
  readonly line: (text: string) => void;
  readonly note: (text: string) => void;
}

/** The first connection failed, or the server does not let us in: trying again would not help. */
export class TailError extends Error {
  override readonly name = 'TailError';
}

const RECONNECT_MILLIS = 1000;

/** Prints events as they are stored. Goes on until it is aborted; a connection that is lost comes back. @throws TailError */
export async function tail(options: TailOptions, output: TailOutput, signal: AbortSignal): Promise<void> {
  let stream = await connect(options, signal);
  while (!signal.aborted) {
    try {
      await print(stream, options, output);
    } catch (error) {
      if (signal.aborted) return;
      output.note(`connection lost: ${messageOf(error)}`);
    }
    stream = await reconnect(options, output, signal);
  }
}

async function print(
  stream: ReadableStream<Uint8Array>,
  options: TailOptions,
  output: TailOutput,
): Promise<void> {
  for await (const { event, data } of readMessages(stream)) {
    if (event === 'dropped') {
      const { count } = JSON.parse(data) as { readonly count: number };
      output.note(`${count} more events than can be shown`);
    }
    if (event !== 'request') continue;
    const request = JSON.parse(data) as TailedEvent;
    const { endpoint } = options;
    if (endpoint !== undefined && request.route !== endpoint && request.endpoint !== endpoint) continue;
    output.line(options.json ? data : tailLine(request, output.paint));
  }
}

async function reconnect(
  options: TailOptions,
  output: TailOutput,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  for (let attempt = 1; ; attempt += 1) {
    await sleep(Math.min(attempt, 10) * RECONNECT_MILLIS, undefined, { signal });
    try {
      const stream = await connect(options, signal);
      output.note('connected again; what was stored meanwhile is not shown');
      return stream;
    } catch (error) {
      // A refusal stays one; a server that is not there may come back.
      if (error instanceof TailError && error.cause === undefined) throw error;
    }
  }
}

async function connect(options: TailOptions, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { url, token, clientId } = options;
  const target = new URL(`${url.replace(/\/$/, '')}/api/live`);
  if (clientId !== undefined) target.searchParams.set('client_id', clientId);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(target, { headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new TailError(`no server answers at ${target.origin}${reasonOf(error)}`, { cause: error });
  }
  if (response.status === 401) {
    throw new TailError('the server wants its token: set CERBERUS_TOKEN, or use --token');
  }
  if (!response.ok || response.body === null)
    throw new TailError(`the server answered ${response.status}${await failureIn(response)}`);
  return response.body;
}
