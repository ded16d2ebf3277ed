import type { ServerOptions } from '../../../dist/config.js';
import type { CerberusServer } from '../../../dist/server.js';
import { ControlledStore } from '../servers/controlled-store.js';
import { wireEvent } from '../events/events.js';
import { server, stopServers, TOKEN } from '../servers/server-fixture.js';
import { WsClient } from './ws-client.js';

/** A server whose store tests hold back and make fail, and producers that connect to it in batch mode. */
export class BatchMode {
  store: ControlledStore = new ControlledStore();
  running!: CerberusServer;

  async start(options: ServerOptions = {}): Promise<void> {
    this.running = await server({ store: this.store, throttleMillis: 50, ...options });
  }

  /** A producer that has been welcomed. */
  connect(producer?: string): Promise<WsClient> {
    return WsClient.batch(this.running.wsUrl, TOKEN, producer);
  }

  /** A connection on which nothing was said yet. */
  raw(): Promise<WsClient> {
    return WsClient.connect(this.running.wsUrl, { token: TOKEN, batch: true });
  }

  /** Endpoints of what is stored, in order. */
  async stored(): Promise<unknown[]> {
    return (await this.store.events({ limit: 1000 })).toReversed().map((event) => event.endpoint);
  }
}

/** For the suite in which it is called, with a new store in each test. */
export function useBatchMode(): BatchMode {
  const batch = new BatchMode();
  beforeEach(() => {
    batch.store = new ControlledStore();
  });
  afterEach(stopServers);
  return batch;
}

/** An event as it is sent, with this path. */
export function eventOf(endpoint: string): unknown {
  return wireEvent({ endpoint });
}
