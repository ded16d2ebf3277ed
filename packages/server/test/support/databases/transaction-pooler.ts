// What a PgBouncer in transaction mode with one connection to the database does.
import { once } from 'node:events';
import net from 'node:net';

const TERMINATE = 'X'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);
const PASSWORD_AND_STARTUP = 196_608;

interface Guest {
  readonly socket: net.Socket;
  waiting: Buffer;
}

/** Lends one session of a PostgreSQL to all that connect, for a transaction each. */
export class TransactionPooler {
  readonly port: number;
  readonly #server: net.Server;
  readonly #backend: net.Socket;
  /** What the database said at the start, from its `AuthenticationOk` on: everybody is told the same. */
  readonly #greeting: Buffer;
  readonly #guests = new Set<Guest>();
  #served: Guest | undefined;
  #unread: Buffer = Buffer.alloc(0);

  private constructor(server: net.Server, backend: net.Socket, greeting: Buffer) {
    this.#server = server;
    this.#backend = backend;
    this.#greeting = greeting;
    this.port = (server.address() as net.AddressInfo).port;
    backend.on('data', (data) => this.#answer(data));
    server.on('connection', (socket) => this.#welcome(socket));
  }

  static async start(enginePort: number, user: string, database: string): Promise<TransactionPooler> {
    const backend = net.connect(enginePort, '127.0.0.1');
    backend.on('error', () => undefined);
    backend.write(startup({ user, database, client_encoding: 'UTF8' }));
    let greeting: Buffer = Buffer.alloc(0);
    while (readyAt(greeting) === undefined) {
      const [data] = (await once(backend, 'data')) as [Buffer];
      greeting = Buffer.concat([greeting, data]);
    }
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TransactionPooler(server, backend, greeting);
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#guests) socket.destroy();
    this.#backend.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #welcome(socket: net.Socket): void {
    const guest: Guest = { socket, waiting: Buffer.alloc(0) };
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(this.#greeting);
      this.#guests.add(guest);
      socket.on('data', (data) => {
        guest.waiting = Buffer.concat([guest.waiting, data]);
        this.#serve();
      });
    });
    socket.on('close', () => {
      this.#guests.delete(guest);
      if (this.#served === guest) this.#served = undefined;
      this.#serve();
    });
  }

  #serve(): void {
    this.#served ??= [...this.#guests].find(({ waiting }) => waiting.length > 0);
    if (this.#served === undefined) return;
    const { waiting, socket } = this.#served;
    this.#served.waiting = Buffer.alloc(0);
    // Its end is not that of the session.
    if (waiting[0] === TERMINATE) socket.end();
    else if (waiting.length > 0) this.#backend.write(waiting);
  }

  #answer(data: Buffer): void {
    this.#served?.socket.write(data);
    this.#unread = Buffer.concat([this.#unread, data]);
    const end = readyAt(this.#unread);
    if (end === undefined) return;
    const isOver = this.#unread[end - 1] === IDLE;
    this.#unread = this.#unread.subarray(end);
    if (isOver) this.#served = undefined;
    this.#serve();
  }
}

function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters).flat().join('\0');
  const body = Buffer.from(`${text}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(PASSWORD_AND_STARTUP, 4);
  return Buffer.concat([head, body]);
}

/** Where the last `ReadyForQuery` among whole messages ends. */
function readyAt(messages: Buffer): number | undefined {
  let found: number | undefined;
  for (let at = 0; at + 5 <= messages.length;) {
    const end = at + 1 + messages.readInt32BE(at + 1);
    if (end > messages.length) return found;
    if (messages[at] === READY_FOR_QUERY) found = end;
    at = end;
  }
  return found;
}
