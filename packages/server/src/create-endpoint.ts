import type { Doorkeeper } from './access/doorkeeper.ts';
import type { TokenBook } from './access/token-book.ts';
import type { ServerConfig } from './config.ts';
import { BatchSession } from './receive/batch-session.ts';
import { EventSession } from './receive/event-session.ts';
import type { ProducerRegistry } from './receive/producer-registry.ts';
import type { Receiver } from './receive/receiver.ts';
import { WebSocketEndpoint } from './receive/websocket-endpoint.ts';

/** Makes the endpoint for WebSocket connections of a server. */
export function createEndpoint(
  config: ServerConfig,
  receiver: Receiver,
  registry: ProducerRegistry,
  tokens: TokenBook,
  door: Doorkeeper,
): WebSocketEndpoint {
  return new WebSocketEndpoint({
    ...config,
    tokens,
    addressOf: door.addressOf,
    onGuess: (address) => void door.wrong(address),
    counters: receiver.counters,
    createSession: (peer, { mode, grant }) =>
      // Batch mode is not accepted without a token.
      mode === 'batch' && grant !== undefined
        ? new BatchSession(peer, receiver, registry, config, { grant, tokens })
        : new EventSession(peer, receiver, tokens, config, grant),
  });
}
