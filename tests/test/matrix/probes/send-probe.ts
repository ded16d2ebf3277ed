import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { SentProbe } from './findings.js';
import { CANARY_HEADERS, type Probe } from './probe.js';

/** Where an application listens. */
export interface Target {
  readonly port: number;
  readonly secure: boolean;
}

/** Only a hang takes longer. */
const TIMEOUT_MILLIS = 20_000;
/** Far shorter than the handler takes: what is sent by then reaches it all the same, before the end of the connection. */
const BEFORE_RESPONSE_MILLIS = 20;

/** Sends the probes one after the other; pipelined ones together with the one before. */
export async function sendProbes(probes: readonly Probe[], target: Target): Promise<SentProbe[]> {
  const sent: SentProbe[] = [];
  for (const [index, probe] of probes.entries()) {
    if (probe.pipelined === true) continue;
    const next = probes[index + 1];
    const together = next?.pipelined === true ? [probe, next] : [probe];
    const marked = together.map((each) => ({ ...mark(each), probe: each }));
    await within(probe.name, marked.length > 1 ? pipeline(marked, target) : send(marked[0], target));
    sent.push(...marked.map(({ traceId }, place) => ({ probe: together[place] ?? probe, traceId })));
  }
  return sent;
}

interface Marked {
  readonly probe: Probe;
  readonly traceId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Gives a probe a trace of its own, by which its event is found. */
export function mark(probe: Probe): Marked {
  const headers = { ...CANARY_HEADERS, ...probe.headers };
  const { flags = '01' } = probe;
  if (flags === 'none') return { probe, traceId: undefined, headers };
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
  return { probe, traceId, headers: { ...headers, traceparent } };
}

async function send(marked: Marked | undefined, { port, secure }: Target): Promise<void> {
  if (marked === undefined) return;
  const { probe, headers } = marked;
  const { from = '127.0.0.1', method = 'GET', target: path, hangUp, body } = probe;
  const host = from === '::1' ? '::1' : '127.0.0.1';
  const outgoing = (secure ? httpsRequest : httpRequest)({
    host,
    port,
    path,
    method,
    headers,
    localAddress: from,
    agent: false,
    // The certificate is made for the run.
    rejectUnauthorized: false,
  });
  outgoing.end(body);
  if (hangUp === undefined) return read(outgoing);
  outgoing.on('error', () => undefined);
  if (hangUp === 'before response') {
    if (!outgoing.writableFinished) await once(outgoing, 'finish');
    await sleep(BEFORE_RESPONSE_MILLIS);
  } else {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    await once(response, 'data');
  }
  outgoing.destroy();
}

async function read(outgoing: ClientRequest): Promise<void> {
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = (await response.setEncoding('utf8').toArray()).join('');
  // The examples that respond with the member take it out again.
  if (body.includes('_cerberus_metrics')) throw new Error('the client got the metrics');
}

/** Writes all requests before it reads, as a client that pipelines does; Node's own client does not. */
async function pipeline(marked: readonly Marked[], { port, secure }: Target): Promise<void> {
  const socket = secure
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connectTcp({ port, host: '127.0.0.1' });
  await once(socket, secure ? 'secureConnect' : 'connect');
  const heads = marked.map(({ probe, headers }, index) =>
    [
      `${probe.method ?? 'GET'} ${probe.target} HTTP/1.1`,
      'host: localhost',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(index === marked.length - 1 ? ['connection: close'] : []),
      '\r\n',
    ].join('\r\n'),
  );
  let answer = '';
  socket.on('data', (chunk: Buffer) => void (answer += chunk.toString('latin1')));
  socket.write(heads.join(''));
  await once(socket, 'close');
  const answers = answer.match(/HTTP\/1\.1 200/g)?.length ?? 0;
  if (answers !== marked.length)
    throw new Error(`${answers} of ${marked.length} pipelined requests answered`);
}

async function within(what: string, work: Promise<void>): Promise<void> {
  const timeout = new AbortController();
  try {
    await Promise.race([
      work,
      sleep(TIMEOUT_MILLIS, undefined, { signal: timeout.signal }).then(() => {
        throw new Error(`${what}: no answer within ${TIMEOUT_MILLIS} ms`);
      }),
    ]);
  } finally {
    timeout.abort();
  }
}
