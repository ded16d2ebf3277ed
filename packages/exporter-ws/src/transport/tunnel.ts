import type { ClientRequest, ClientRequestArgs } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { hostOf, isSecure, portOf } from '../config/endpoint-url.ts';
import type { ProxyServer } from '../config/proxy.ts';
import { unrefSocket } from './unref-socket.ts';

/** What Node's `http.request` calls for a socket in the place of an agent. */
export type CreateConnection = NonNullable<ClientRequestArgs['createConnection']>;

/** What `createConnection` is really given: what was given to `https.request`. */
type SecureOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'minVersion' | 'rejectUnauthorized'>;

/** A proxy that cannot be reached or refuses. `code` says so, in words of our own. */
export class ProxyError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.name = 'ProxyError';
    this.code = code;
  }
}

/**
 * A connection to `target` through a proxy (`CONNECT`, RFC 9110 §9.3.6), with TLS inside the tunnel where the target's scheme
 * asks for it. The proxy resolves the name. Neither the request nor the socket keeps the process alive.
 *
 * @param signal ends a request that the proxy does not answer
 */
export function throughProxy(proxy: ProxyServer, target: URL, signal: AbortSignal): CreateConnection {
  const authority = `${target.hostname}:${portOf(target)}`;
  return (given, onCreated) => {
    const options = given as SecureOptions;
    const fail = (code: string): void => (onCreated as (error: Error) => void)(new ProxyError(code));
    const request = ask(proxy, authority, { ...certificatesOf(options), signal });
    // Also after it has succeeded: an error that nobody listens to ends the process.
    request.on('error', (error) => fail(`${codeOf(error)} at the proxy`));
    request.once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        fail(`status ${statusCode} of the proxy`);
        return;
      }
      if (head.length > 0) socket.unshift(head);
      socket.unref();
      onCreated(null, isSecure(target) ? secured(socket, target, options) : socket);
    });
    request.end();
    return undefined;
  };
}

function ask(proxy: ProxyServer, authority: string, options: RequestOptions): ClientRequest {
  const { url, authorization } = proxy;
  const { request: send } = isSecure(url)
    ? process.getBuiltinModule('node:https')
    : process.getBuiltinModule('node:http');
  const request = send({
    ...options,
    ...namesOf(url),
    // Node's own agents may have a proxy themselves.
    agent: false,
    method: 'CONNECT',
    port: portOf(url),
    path: authority,
    headers: {
      host: authority,
      ...(authorization !== undefined && { 'proxy-authorization': authorization }),
    },
  });
  request.on('socket', unrefSocket);
  return request;
}

/** The authorities of the backend are those of a proxy with TLS, too; a client certificate is for the backend alone. */
function certificatesOf({ ca, minVersion }: SecureOptions): RequestOptions {
  return {
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    ...(minVersion !== undefined && { minVersion }),
  };
}

/** Whom to connect to, and whose certificate that has to be: Node would take the name in the header `Host`. */
function namesOf(url: URL): { readonly host: string; readonly servername: string } {
  const { isIP } = process.getBuiltinModule('node:net');
  const host = hostOf(url);
  return { host, servername: isIP(host) === 0 ? host : '' };
}

function secured(
  socket: Socket,
  target: URL,
  { ca, cert, key, minVersion, rejectUnauthorized }: SecureOptions,
): Socket {
  const { connect } = process.getBuiltinModule('node:tls');
  const secure = connect({ ...namesOf(target), ca, cert, key, minVersion, rejectUnauthorized, socket });
  secure.unref();
  return secure;
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'a failed request';
}
