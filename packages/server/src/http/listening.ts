import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ServerConfig } from '../config.ts';
import { CerberusServerError, messageOf, systemCodeOf } from '../errors.ts';
import { UpgradeRequest } from './upgrade-request.ts';

/** A server of HTTP that drops requests which take too long to arrive. */
export function createHttpServer({
  requestTimeoutMillis,
}: Pick<ServerConfig, 'requestTimeoutMillis'>): Server {
  return createServer({
    IncomingMessage: UpgradeRequest,
    headersTimeout: requestTimeoutMillis,
    requestTimeout: requestTimeoutMillis,
    // Node looks for late requests only this often, 30 s by default.
    connectionsCheckingInterval: Math.min(requestTimeoutMillis, 5000),
  });
}

/** @throws CerberusServerError (as a rejection) `PORT_IN_USE` or `LISTEN_FAILED` */
export function listen(http: Server, { host, port }: Pick<ServerConfig, 'host' | 'port'>): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(listenError(error, host, port)));
    http.listen(port, host, () => resolve((http.address() as AddressInfo).port));
  });
}

function listenError(error: Error, host: string, port: number): CerberusServerError {
  if (systemCodeOf(error) === 'EADDRINUSE') {
    return new CerberusServerError('PORT_IN_USE', `port ${port} on ${host} is in use`, { cause: error });
  }
  const reason = systemCodeOf(error) ?? messageOf(error);
  return new CerberusServerError('LISTEN_FAILED', `cannot listen on ${host} port ${port}: ${reason}`, {
    cause: error,
  });
}

/** A wildcard address is no destination; whoever listens on all of them is also on the loopback. */
export function authorityOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `127.0.0.1:${port}`;
  if (host === '::') return `[::1]:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
