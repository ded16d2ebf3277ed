import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A request that is an upgrade only where it opens a WebSocket handshake (RFC 6455, 4.1). Node hands every request with an
 * `Upgrade` header to the listener of `upgrade` and reads no body of it, also of a client that merely offers another
 * protocol, such as h2c; RFC 9110, 7.8 lets a server ignore that. Node looks at `upgrade` when the head has been read, in all
 * versions alike; `shouldUpgradeCallback` would be the same, but only newer versions have it.
 */
export class UpgradeRequest extends IncomingMessage {
  /** Assigned by the constructor of Node, before a private member of this class would exist. */
  declare private hasUpgrade: boolean | null;

  constructor(socket: Socket) {
    super(socket);
    this.hasUpgrade = null;
  }

  get upgrade(): boolean | null {
    return this.hasUpgrade === true ? isWebSocketHandshake(this) : this.hasUpgrade;
  }

  set upgrade(value: boolean | null) {
    this.hasUpgrade = value;
  }
}

function isWebSocketHandshake({ method, headers }: IncomingMessage): boolean {
  return method === 'CONNECT' || (method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket');
}
