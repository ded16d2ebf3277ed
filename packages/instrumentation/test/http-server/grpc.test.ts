// Calls of gRPC are requests of HTTP/2 too: beside its instrumentation, and with `http2`, each is one event.
import { createRequire } from 'node:module';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { expect } from 'chai';
import { CerberusSpanProcessor, setMetric } from '../../dist/esm/index.js';
import { afterTest } from '../support/disposal.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { traceServers } from '../support/server-spans.js';

const instrumentation = new GrpcInstrumentation();
// Patched while it is loaded, so after its instrumentation was made.
const grpc = createRequire(import.meta.url)('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
instrumentation.disable();

const asItIs = (bytes: Buffer): Buffer => bytes;
const method = (name: string, responseStream: boolean) => ({
  path: `/shop.Shop/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
});
const SHOP = { get: method('Get', false), list: method('List', true) };
const Client = grpc.makeGenericClientConstructor(SHOP, 'Shop');

/** Calls that wait for their answers. */
interface Calls {
  get(): Promise<string>;
  list(): Promise<string>;
}

async function startShop(): Promise<Calls> {
  const server = new grpc.Server();
  server.addService(SHOP, {
    get: (_call: unknown, answer: (error: null, value: Buffer) => void) => {
      setMetric('plan', 'pro');
      answer(null, Buffer.from('one'));
    },
    list: (call: { write(value: Buffer): void; end(): void }) => {
      call.write(Buffer.from('a'));
      call.write(Buffer.from('b'));
      call.end();
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  afterTest(() => {
    client.close();
    server.forceShutdown();
  });
  return {
    get: () =>
      new Promise((resolve, reject) => {
        client['get']?.(Buffer.alloc(0), (error: Error | null, value?: Buffer) =>
          error === null ? resolve(String(value)) : reject(error),
        );
      }),
    list: () =>
      new Promise((resolve, reject) => {
        let text = '';
        const call = client['list']?.(Buffer.alloc(0)) as NodeJS.ReadableStream;
        call.on('data', (value: Buffer) => (text += String(value)));
        call.on('end', () => resolve(text));
        call.on('error', reject);
      }),
  };
}

describe('a call of gRPC', () => {
  for (const http2 of [true, false]) {
    it(`is one event ${http2 ? 'where requests of HTTP/2 are followed too' : 'of its instrumentation'}`, async () => {
      const exporter = new RecordingExporter();
      const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
      traceServers([processor], { http2 }, [instrumentation]);
      const shop = await startShop();
      expect([await shop.get(), await shop.list(), await shop.get()]).to.deep.equal(['one', 'ab', 'one']);
      await exporter.request(2);
      const seen = exporter.requests.map((each) => [
        each['rpc.system'],
        each['rpc.method'],
        each['cerberus.metric.plan'],
      ]);
      expect(seen).to.have.deep.members([
        ['grpc', 'Get', 'pro'],
        ['grpc', 'List', undefined],
        ['grpc', 'Get', 'pro'],
      ]);
      for (const each of exporter.requests) expect(each).not.to.have.property('http.request.method');
    });
  }
});
