import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { SentProbe } from './findings.js';
import type { Probe } from './probe.js';
import { mark, type Target } from './send-probe.js';

/** What is used of `@grpc/grpc-js` and `@grpc/proto-loader`; they are installed with the example alone. */
interface Grpc {
  loadPackageDefinition(definition: unknown): {
    readonly shop: { readonly Shop: new (...args: unknown[]) => Client };
  };
  readonly credentials: { createInsecure(): unknown };
  readonly Metadata: new () => { set(key: string, value: string): void };
}
type Call = NodeJS.EventEmitter & { cancel(): void; resume(): void };
type Answered = (error: unknown) => void;
interface Client {
  getUser(message: object, metadata: object, done: Answered): Call;
  slow(message: object, metadata: object, done: Answered): Call;
  fail(message: object, metadata: object, done: Answered): Call;
  crash(message: object, metadata: object, done: Answered): Call;
  report(message: object, metadata: object): Call;
  close(): void;
}

const METHODS: Readonly<Record<string, 'getUser' | 'slow' | 'fail' | 'crash'>> = {
  GetUser: 'getUser',
  Slow: 'slow',
  Crash: 'crash',
};

/** A smoke test: a call that succeeds, one of each kind of failure, a stream, and an unsampled caller: the active span is the SERVER span. */
export function grpcProbes(): Probe[] {
  const probe = (
    name: string,
    method: string,
    change: Partial<Probe['expected']>,
    rest: Partial<Probe> = {},
  ): Probe => ({
    name,
    target: method,
    ...rest,
    expected: {
      endpoint: `/shop.Shop/${method}`,
      method: 'POST',
      outcome: 'completed',
      metrics: {},
      address: null,
      ...change,
    },
  });
  const both = { metrics: { plan: 'pro', paying: true } };
  return [
    probe('call', 'GetUser', both, { body: '2' }),
    probe('without a caller', 'GetUser', both, { body: '2', flags: 'none' }),
    probe('NOT_FOUND', 'GetUser', {}, { body: '9' }),
    probe('cancelled', 'Slow', { outcome: 'aborted' }, { hangUp: 'before response' }),
    probe('INTERNAL', 'Fail', { outcome: 'error' }),
    probe('thrown error', 'Crash', { outcome: 'error' }),
    probe('slow', 'Slow', { latency: 250 }),
    probe('streaming', 'Report', { latency: 250 }),
    probe('unsampled caller', 'GetUser', both, { body: '2', flags: '00' }),
  ];
}

/** Calls the example with the client library that is installed beside it. */
export async function sendGrpcProbes(
  probes: readonly Probe[],
  { port }: Target,
  folder: string,
): Promise<SentProbe[]> {
  const require = createRequire(join(folder, 'client.cjs'));
  const grpc = require('@grpc/grpc-js') as Grpc;
  const loader = require('@grpc/proto-loader') as { loadSync(file: string): unknown };
  const { shop } = grpc.loadPackageDefinition(loader.loadSync(join(folder, 'shop.proto')));
  const client = new shop.Shop(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const sent: SentProbe[] = [];
  for (const probe of probes) {
    const { traceId, headers } = mark(probe);
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    await call(client, probe, metadata);
    sent.push({ probe, traceId });
  }
  client.close();
  return sent;
}

function call(client: Client, { target, body, hangUp }: Probe, metadata: object): Promise<void> {
  return new Promise((resolve) => {
    if (target === 'Report') {
      const stream = client.report({}, metadata);
      stream.on('end', resolve);
      stream.resume();
      return;
    }
    const method = METHODS[target] ?? 'fail';
    // A failure is an answer too.
    const answer = client[method]({ id: body }, metadata, () => resolve());
    if (hangUp !== undefined) setTimeout(() => answer.cancel(), 120);
  });
}
