import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

import type { ServerConfig } from '../config.ts';
import { CerberusServerError, messageOf, systemCodeOf } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import { UpgradeRequest } from './upgrade-request.ts';

/** Of HTTP, or of HTTP over TLS. */
export type HttpServer = Server | SecureServer;

/** Versions before 1.2 are deprecated (RFC 8996), and every client that can run an exporter knows it. */
const MIN_TLS_VERSION = 'TLSv1.2';

/** Longer than balancers and proxies keep an idle connection to a server (nginx and AWS 60 s): where they do, none closes the one on which a request is just sent. */
const KEEP_ALIVE_MILLIS = 75_000;

/** A server of HTTP, over TLS with a `certificate`, that drops requests and handshakes which take too long to arrive. */
export function createHttpServer(
  { requestTimeoutMillis }: Pick<ServerConfig, 'requestTimeoutMillis'>,
  certificate?: Certificate,
): HttpServer {
  const options = {
    IncomingMessage: UpgradeRequest,
    headersTimeout: requestTimeoutMillis,
    requestTimeout: requestTimeoutMillis,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    // Node looks for late requests only this often, 30 s by default.
    connectionsCheckingInterval: Math.min(requestTimeoutMillis, 5000),
  };
  return certificate === undefined
    ? createServer(options)
    : createSecureServer({
        ...options,
        ...secureContextOf(certificate),
        handshakeTimeout: requestTimeoutMillis,
      });
}

/** From here on connections are made with another certificate; those that are open stay. */
export function renewCertificate(http: HttpServer, certificate: Certificate): void {
  if ('setSecureContext' in http) http.setSecureContext(secureContextOf(certificate));
}

function secureContextOf({ cert, key }: Certificate): SecureContextOptions {
  return { cert, key, minVersion: MIN_TLS_VERSION };
}

/** @throws CerberusServerError (as a rejection) `PORT_IN_USE` or `LISTEN_FAILED` */
export function listen(
  http: HttpServer,
  { host, port }: Pick<ServerConfig, 'host' | 'port'>,
): Promise<number> {
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

/**
 * Where a client reaches it. A wildcard address is no destination; whoever listens on all of them is also on the loopback, and over TLS
 * only a name that the certificate has is one.
 */
export function authorityOf(host: string, port: number, certificate?: Certificate): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const name = certificate?.nameFor(own) ?? own;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}
