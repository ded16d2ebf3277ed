import { setTimeout as sleep } from 'node:timers/promises';

import { messageOf } from '../../errors.ts';
import { failureIn, reasonOf } from '../refusals.ts';
import { send } from '../request.ts';
import { readMessages } from './event-stream.ts';
import { whileHeard } from './while-heard.ts';
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
/** So long a server may take to begin its answer. */
const ANSWER_MILLIS = 10_000;
/** How often it waits as long as the server says that it is silent at most. */
const PATIENCE = 2.5;
const EVENT_STREAM = 'text/event-stream';

/** Prints events as they are stored. Goes on until it is aborted; a connection that is lost comes back. @throws TailError */
export async function tail(options: TailOptions, output: TailOutput, signal: AbortSignal): Promise<void> {
  let stream = await connect(options, signal);
  while (!signal.aborted) {
    try {
      await print(stream, options, output);
      output.note('the server has ended the connection');
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
  let mostMillis: number | undefined;
  for await (const { event, data } of readMessages(whileHeard(stream, () => mostMillis))) {
    if (event === 'alive') {
      const { again_millis: millis } = JSON.parse(data) as { readonly again_millis: number };
      mostMillis = millis * PATIENCE;
    }
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
      // A refusal stays one; a server that is not there, or not able to, may come back.
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
    response = await send(target, { headers, signal }, { answerMillis: ANSWER_MILLIS });
  } catch (error) {
    signal.throwIfAborted();
    throw new TailError(`no server answers at ${target.origin}${reasonOf(error)}`, { cause: error });
  }
  if (response.status === 401) {
    const said = token === undefined ? 'wants a token' : 'refused the token';
    throw new TailError(`the server ${said}: set CERBERUS_TOKEN, or use --token`);
  }
  if (!response.ok || response.body === null) {
    const message = `the server answered ${response.status}${await failureIn(response)}`;
    // What a proxy says while the server behind it starts again.
    throw new TailError(message, response.status >= 500 ? { cause: response.status } : undefined);
  }
  if (response.headers.get('content-type')?.startsWith(EVENT_STREAM) !== true) {
    await response.body.cancel().catch(() => undefined);
    throw new TailError(`what answers at ${target.origin} is no Cerberus server`);
  }
  return response.body;
}
