import { requirePeer } from '../harness/peers.ts';
import { startTcpRelay } from './tcp-relay.ts';
import type { Sink } from './counts.ts';
import { countSpans } from './otlp-message.ts';

interface Grpc {
  readonly Server: new (options?: object) => GrpcServer;
  readonly ServerCredentials: { createInsecure(): unknown };
}

interface GrpcServer {
  addService(definition: object, handlers: object): void;
  bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
}

type Respond = (error: null, message: Buffer) => void;

const raw = (bytes: Buffer): Buffer => bytes;
const SERVICE = {
  Export: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  },
};

/** An OTLP collector that speaks gRPC; the relay in front of it counts the bytes. */
export async function startGrpcSink(): Promise<Sink> {
  const grpc = requirePeer<Grpc>('otel', '@grpc/grpc-js');
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  let events = 0;
  server.addService(SERVICE, {
    Export({ request }: { readonly request: Buffer }, respond: Respond) {
      respond(null, Buffer.alloc(0));
      events += countSpans(request);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const relay = await startTcpRelay(port);
  return { port: relay.port, counts: () => ({ events, bytes: relay.bytes() }) };
}
