// Calls of gRPC are requests of HTTP/2 too: beside its instrumentation, and with `http2`, each is one event.
import { createRequire } from 'node:module';
import { CerberusSpanProcessor, HttpServerInstrumentation, setMetric } from '@cerberus-otel/instrumentation';
import { context, propagation, trace, type Attributes, type TracerProvider } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { expect } from 'chai';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';

interface GrpcInstrumentation {
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
  disable(): void;
}

type Answered = (error: Error | null, value?: Buffer) => void;

interface Client {
  get(message: Buffer, answered: Answered): void;
  list(message: Buffer): NodeJS.ReadableStream;
  close(): void;
}

interface Grpc {
  readonly Server: new () => {
    addService(service: object, handlers: object): void;
    bindAsync(
      address: string,
      credentials: unknown,
      bound: (error: Error | null, port: number) => void,
    ): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
  readonly credentials: { createInsecure(): unknown };
  makeGenericClientConstructor(
    service: object,
    name: string,
  ): new (address: string, credentials: unknown) => Client;
}

const require = createRequire(new URL('../../grpc/package.json', import.meta.url));
const { GrpcInstrumentation: Instrumentation } = require('@opentelemetry/instrumentation-grpc') as {
  readonly GrpcInstrumentation: new () => GrpcInstrumentation;
};
const instrumentation = new Instrumentation();
// Patched while it is loaded, so after its instrumentation was made.
const grpc = require('@grpc/grpc-js') as Grpc;
instrumentation.disable();

const asItIs = (bytes: Buffer): Buffer => bytes;

function method(name: string, responseStream: boolean): object {
  return {
    path: `/shop.Shop/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  };
}

const SHOP = { get: method('Get', false), list: method('List', true) };

const HANDLERS = {
  get(_call: unknown, answer: Answered): void {
    setMetric('plan', 'pro');
    answer(null, Buffer.from('one'));
  },
  list(call: NodeJS.WritableStream): void {
    call.write(Buffer.from('a'));
    call.write(Buffer.from('b'));
    call.end();
  },
};

async function startShop(): Promise<Client> {
  const server = new grpc.Server();
  server.addService(SHOP, HANDLERS);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const Shop = grpc.makeGenericClientConstructor(SHOP, 'Shop');
  const client = new Shop(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  afterTest(() => {
    client.close();
    server.forceShutdown();
  });
  return client;
}

function get(client: Client): Promise<string> {
  return new Promise((resolve, reject) => {
    client.get(Buffer.alloc(0), (error, value) => (error === null ? resolve(String(value)) : reject(error)));
  });
}

async function list(client: Client): Promise<string> {
  let text = '';
  for await (const value of client.list(Buffer.alloc(0))) text += String(value);
  return text;
}

/** The attributes of each request, as they are handed over, where calls of gRPC are traced and requests of HTTP/2 may be. */
function traced(http2: boolean): Attributes[] {
  const requests: Attributes[] = [];
  const exporter = {
    export(
      spans: readonly { readonly attributes: Attributes }[],
      done: (result: { code: number }) => void,
    ): void {
      requests.push(...spans.map(({ attributes }) => ({ ...attributes })));
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) });
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  const ours = new HttpServerInstrumentation({ http2 });
  for (const each of [ours, instrumentation]) {
    each.setTracerProvider(provider);
    each.enable();
  }
  afterTest(async () => {
    for (const each of [ours, instrumentation]) each.disable();
    for (const api of [trace, context, propagation]) api.disable();
    await provider.shutdown();
  });
  return requests;
}

describe('a call of gRPC', () => {
  for (const http2 of [true, false]) {
    it(`is one event${http2 ? ', where requests of HTTP/2 are followed too' : ''}`, async () => {
      const requests = traced(http2);
      const client = await startShop();
      expect([await get(client), await list(client), await get(client)]).to.deep.equal(['one', 'ab', 'one']);
      await until('all calls are over', () => requests.length >= 3);
      const seen = requests.map((each) => [
        each['rpc.system'],
        each['rpc.method'],
        each['cerberus.metric.plan'],
      ]);
      expect(seen).to.have.deep.members([
        ['grpc', 'Get', 'pro'],
        ['grpc', 'List', undefined],
        ['grpc', 'Get', 'pro'],
      ]);
      for (const each of requests) expect(each).not.to.have.property('http.request.method');
    });
  }
});
