import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { WebSocketServer, type WebSocket } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';

type Json = Record<string, unknown>;

/** What a scripted server does; each part has a well-behaved default. */
export interface Script {
  /** The subprotocol to select; the default selects none, as an existing Cerberus backend. */
  selects?: (offered: Set<string>) => string | false;
  /** Status with which upgrades are refused; undefined accepts. */
  refuses?: (request: IncomingMessage) => { status: number; headers?: Record<string, string> } | undefined;
  onConnection?: (socket: WebSocket, connection: number) => void;
  /** Answers one message; the default is that of event mode. */
  onMessage?: (message: Json, socket: WebSocket, connection: number) => void;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A WebSocket server on port 0 that records everything and behaves as told; stopped after the test. */
export class ScriptedServer {
  readonly messages: Json[] = [];
  readonly texts: string[] = [];
  readonly upgrades: IncomingMessage[] = [];
  connections = 0;
  bytesReceived = 0;
  readonly sockets = new Set<WebSocket>();
  readonly #http = createServer((_request, response) => response.end());
  /** Connections of every kind, also those that have not said anything yet. */
  readonly #raw = new Set<Socket>();
  readonly #wss: WebSocketServer;

  private constructor(script: Script) {
    const { selects = () => false as const, refuses = () => undefined } = script;
    this.#wss = new WebSocketServer({ noServer: true, handleProtocols: selects, perMessageDeflate: false });
    this.#http.on('connection', (socket: Socket) => {
      this.#raw.add(socket);
      socket.on('close', () => this.#raw.delete(socket));
    });
    this.#http.on('upgrade', (request, socket, head) => {
      this.upgrades.push(request);
      const refusal = refuses(request);
      if (refusal !== undefined) {
        const headers = Object.entries(refusal.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(
          `HTTP/1.1 ${refusal.status} No\r\nConnection: close\r\n${headers.join('')}Content-Length: 0\r\n\r\n`,
        );
        return;
      }
      this.#wss.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, script));
    });
  }

  static async start(script: Script = {}, port = 0): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    server.#http.listen(port, '127.0.0.1');
    await once(server.#http, 'listening');
    afterTest(() => server.stop());
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws/events`;
  }

  /** Received events in event mode, without hellos. */
  get events(): Json[] {
    return this.messages.filter((message) => message['type'] === undefined);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    for (const socket of this.#raw) socket.destroy();
    if (!this.#http.listening) return;
    const closed = once(this.#http, 'close');
    this.#http.close();
    await closed;
  }

  #accept(ws: WebSocket, script: Script): void {
    this.connections += 1;
    const connection = this.connections;
    this.sockets.add(ws);
    ws.on('error', () => undefined);
    ws.on('close', () => this.sockets.delete(ws));
    ws.on('message', (data: Buffer, isBinary) => {
      this.bytesReceived += data.length;
      const text = (isBinary ? gunzipSync(data) : data).toString();
      const message = parsed(text);
      if (message === undefined) {
        ws.close(1007);
        return;
      }
      this.texts.push(text);
      this.messages.push(message);
      if (script.onMessage === undefined) ws.send('{"status":"ok"}');
      else script.onMessage(message, ws, connection);
    });
    script.onConnection?.(ws, connection);
  }
}

/** What a batch backend knows of one connection. */
interface Peer {
  readonly producer: string;
  /** The frame that was not stored; until it comes again, later ones are discarded, as the protocol says. */
  blockedAt: number | undefined;
}

/** A server of batch mode that stores frames in memory, once each; the hooks make it misbehave. */
export class BatchBackend {
  readonly stored: Json[] = [];
  readonly lastSeq = new Map<string, number>();
  readonly producers: string[] = [];
  /** Each whole. */
  readonly hellos: Json[] = [];
  /** Called for each frame that is new; returning false leaves it unanswered and unstored. */
  onFrame: (seq: number, events: Json[], socket: WebSocket) => boolean = () => true;
  /** Called with the producer of each hello, before the welcome. */
  onHello: (producer: string) => void = () => undefined;
  welcome: Json = { max_in_flight: 8, max_frame_bytes: 1_048_576 };
  /** Leaves acknowledgements out, although the frames are stored. */
  silent = false;
  readonly #peers = new Map<WebSocket, Peer>();

  script(): Script {
    return {
      selects: (offered) => (offered.has('cerberus.batch.v1') ? 'cerberus.batch.v1' : false),
      onMessage: (message, socket) => {
        if (message['type'] === 'hello') this.#hello(message, socket);
        else this.#frame(Number(message['seq']), message['events'] as Json[], socket);
      },
    };
  }

  #hello(message: Json, socket: WebSocket): void {
    const producer = String(message['producer']);
    this.hellos.push(message);
    this.onHello(producer);
    this.producers.push(producer);
    this.#supersede(producer, socket);
    this.#peers.set(socket, { producer, blockedAt: undefined });
    const lastSeq = this.lastSeq.get(producer) ?? 0;
    socket.send(JSON.stringify({ type: 'welcome', last_seq: lastSeq, ...this.welcome }));
  }

  /** Takes nothing more from an older connection of the producer. */
  #supersede(producer: string, newer: WebSocket): void {
    for (const [socket, peer] of this.#peers) {
      const isGone = socket.readyState !== socket.OPEN;
      if (!isGone && (peer.producer !== producer || socket === newer)) continue;
      this.#peers.delete(socket);
      if (!isGone) socket.close(4409);
    }
  }

  #frame(seq: number, events: Json[], socket: WebSocket): void {
    const peer = this.#peers.get(socket);
    if (peer === undefined || (peer.blockedAt !== undefined && seq !== peer.blockedAt)) return;
    peer.blockedAt = undefined;
    if (seq > (this.lastSeq.get(peer.producer) ?? 0)) {
      if (!this.onFrame(seq, events, socket)) {
        peer.blockedAt = seq;
        return;
      }
      this.stored.push(...events);
      this.lastSeq.set(peer.producer, seq);
    }
    if (!this.silent) socket.send(JSON.stringify({ type: 'ack', seq }));
  }
}
