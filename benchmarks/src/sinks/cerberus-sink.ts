import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { requirePeer } from '../harness/peers.ts';
import { Gate, WireBytes, type Sink } from './counts.ts';

const SUBPROTOCOL = 'cerberus.batch.v1';

/** What this file uses of `ws`. */
interface Socket {
  readonly protocol: string;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  send(text: string): void;
}

interface Ws {
  readonly WebSocketServer: new (options: object) => {
    on(event: 'connection', listener: (socket: Socket) => void): void;
  };
}

interface Message {
  readonly type?: string;
  readonly seq?: number;
  readonly events?: readonly unknown[];
}

/**
 * A Cerberus backend that parses, counts and acknowledges, and keeps nothing.
 *
 * @param mode which mode it speaks; a client that offers the other one has to adapt
 */
export async function startCerberusSink(mode: 'batch' | 'event'): Promise<Sink> {
  const { WebSocketServer } = requirePeer<Ws>('otel', 'ws');
  let events = 0;
  const server = createServer();
  const wire = new WireBytes(server);
  const sockets = new WebSocketServer({
    server,
    maxPayload: 16 * 2 ** 20,
    handleProtocols: (offered: ReadonlySet<string>) =>
      mode === 'batch' && offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false,
  });
  const gate = new Gate();
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      // What came during a stall is lost: the exporter has to send it again.
      if (gate.isShut) return;
      const message = JSON.parse((isBinary ? gunzipSync(data) : data).toString()) as Message;
      if (mode === 'event') {
        socket.send('{"status":"ok"}');
        events += 1;
      } else if (message.type === 'hello') {
        socket.send('{"type":"welcome","last_seq":0,"max_in_flight":8,"max_frame_bytes":1048576}');
      } else if (message.type === 'events') {
        socket.send(`{"type":"ack","seq":${message.seq}}`);
        events += message.events?.length ?? 0;
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, gate, counts: () => ({ events, bytes: wire.total }) };
}
