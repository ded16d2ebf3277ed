import type { Socket } from 'node:net';
import { PeerHash } from '../enrich/peer-hash.ts';

const PEER_HASH: unique symbol = Symbol('hash of the peer, for Cerberus');

/** Where the hash of the peer of a connection is kept: with the connection, which has the address. */
export function peerHashOf(socket: Socket & { [PEER_HASH]?: PeerHash }): PeerHash {
  return (socket[PEER_HASH] ??= new PeerHash());
}
