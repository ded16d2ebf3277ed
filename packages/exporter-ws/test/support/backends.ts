import { startServer, type CerberusServer } from '@cerberus-otel/server';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { TOKEN } from './exporters.js';
import { frame as rawFrame } from './raw-server.js';
import { BatchBackend, ScriptedServer, type Script } from './scripted-server.js';

/** A backend that can be taken down and brought back with what it had stored, on another port: its own may be somebody else's by then. */
export interface Backend {
  readonly port: number;
  down(): Promise<void>;
  up(): Promise<void>;
  /** Closes every connection with this code. */
  hangUp(code: number): void;
  /** Says goodbye on every connection with this code, and neither hangs up nor reads any more. */
  goodbye(code: number): void;
  /** Hangs up with 1011 whenever an event of one of these paths comes; none: no more. */
  chokeOn(...paths: readonly string[]): void;
  /** Asks to wait whenever something comes, for so many milliseconds; undefined: no more. In event mode it hangs up with 1013. */
  throttle(millis: number | undefined): void;
  /** Stores, and says nothing of it. */
  silence(isSilent: boolean): void;
  /** Paths of stored events. */
  stored(): Promise<string[]>;
}

/** Keeps what it stores in memory, and can be told to misbehave. */
export async function scriptedBackend(mode: 'batch' | 'event'): Promise<Backend> {
  const batch = new BatchBackend();
  const events: string[] = [];
  let indigestible: readonly string[] = [];
  let retryMillis: number | undefined;
  let isSilent = false;
  batch.onFrame = (seq, frame, socket) => {
    if (retryMillis !== undefined) {
      const nack = { type: 'nack', seq, code: 'throttle', retry_after_millis: retryMillis };
      socket.send(JSON.stringify(nack));
      return false;
    }
    const chokes = frame.some(({ endpoint }) => indigestible.includes(String(endpoint)));
    if (chokes) socket.close(1011);
    return !chokes;
  };
  const onMessage = (message: Record<string, unknown>, socket: WebSocket): void => {
    if (socket.readyState !== socket.OPEN) return;
    const path = String(message['endpoint']);
    if (retryMillis !== undefined || indigestible.includes(path)) {
      socket.close(retryMillis === undefined ? 1011 : 1013);
      return;
    }
    events.push(path);
    if (!isSilent) socket.send('{"status":"ok"}');
  };
  const script: Script = mode === 'batch' ? batch.script() : { onMessage };
  let server = await ScriptedServer.start(script);
  let { port } = server;
  return {
    get port() {
      return port;
    },
    down: () => server.stop(),
    async up() {
      server = await ScriptedServer.start(script);
      port = server.port;
    },
    hangUp: (code) => server.sockets.forEach((socket) => socket.close(code)),
    goodbye: (code) => server.sockets.forEach((socket) => sayGoodbye(socket, code)),
    chokeOn: (...paths) => void (indigestible = paths),
    throttle: (millis) => void (retryMillis = millis),
    silence: (silent) => void (isSilent = batch.silent = silent),
    stored: async () => (mode === 'batch' ? batch.stored.map((event) => String(event['endpoint'])) : events),
  };
}

/** `ws` itself would hang up once it was answered. */
function sayGoodbye(socket: WebSocket, code: number): void {
  socket.pause();
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  (socket as unknown as { _socket: Socket })._socket.write(rawFrame(0x88, payload));
}

/** The project's server, with its database in `folder`. It cannot be told to misbehave, only be stopped. */
export async function ourBackend(folder: string): Promise<Backend> {
  const options = { db: join(folder, 'events.duckdb'), token: TOKEN, secretKey: 'k'.repeat(32), port: 0 };
  let server: CerberusServer = await startServer(options);
  let { port } = server;
  return {
    get port() {
      return port;
    },
    down: () => server.close(),
    async up() {
      server = await startServer(options);
      port = server.port;
    },
    hangUp: () => undefined,
    goodbye: () => undefined,
    chokeOn: () => undefined,
    throttle: () => undefined,
    silence: () => undefined,
    async stored() {
      const paths: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const response: Response = await fetch(
          `${server.url}/api/events?limit=1000${cursor && `&cursor=${cursor}`}`,
          {
            headers: { authorization: `Bearer ${TOKEN}` },
          },
        );
        const page = (await response.json()) as { events: { endpoint: string }[]; next: string | null };
        paths.push(...page.events.map(({ endpoint }) => endpoint));
        cursor = page.next;
      }
      return paths;
    },
  };
}
