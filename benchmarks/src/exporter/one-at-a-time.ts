import { once, type EventEmitter } from 'node:events';
import type { FinishedSpan } from '../../../packages/exporter-ws/dist/esm/index.js';
import { requirePeer } from '../harness/peers.ts';
import type { Deliver } from './names.ts';

interface Ws {
  readonly WebSocket: new (url: string) => EventEmitter & { send(text: string): void };
}

/** As the Python package does it, in Node: the next event is sent when the last one was answered. */
export async function startOneAtATime(port: number): Promise<Deliver> {
  const { WebSocket } = requirePeer<Ws>('otel', 'ws');
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/events`);
  await once(socket, 'open');
  return async (batches) => {
    for (const span of batches.flat()) {
      const answered = once(socket, 'message');
      socket.send(JSON.stringify(seedEvent(span)));
      await answered;
    }
  };
}

/** The eight fields of the Python package. */
function seedEvent({ attributes }: FinishedSpan): object {
  const custom: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('cerberus.metric.')) custom[key.slice('cerberus.metric.'.length)] = value;
  }
  return {
    api_key: 'sk-benchmark',
    client_id: 'benchmark',
    token: 'sk-benchmark',
    source_ip: attributes['cerberus.source_ip'],
    endpoint: attributes['cerberus.endpoint'],
    scheme: attributes['cerberus.scheme'] === 'https',
    method: attributes['http.request.method'],
    custom_data: custom,
  };
}
