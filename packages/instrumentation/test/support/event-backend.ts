import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';

export interface EventBackend {
  readonly wsUrl: string;
  readonly events: Record<string, unknown>[];
  /** Everything that came, as it came. */
  readonly text: string[];
  close(): Promise<void>;
}

/** A Cerberus backend of event mode: answers every message; closed after the test. */
export async function startEventBackend(): Promise<EventBackend> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  const events: Record<string, unknown>[] = [];
  const text: string[] = [];
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const message = data.toString();
      text.push(message);
      events.push(JSON.parse(message) as Record<string, unknown>);
      socket.send('{"status":"ok"}');
    });
  });
  await once(server, 'listening');
  const close = (): Promise<void> => {
    for (const client of server.clients) client.terminate();
    return new Promise((resolve) => {
      server.close(() => resolve());
    });
  };
  afterTest(close);
  return {
    wsUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/events`,
    events,
    text,
    close,
  };
}
