import type { ClientOptions } from 'ws';
import type { ExporterConfig } from '../config/config.ts';
import type { Certificates } from './certificates.ts';
import { throughProxy } from './tunnel.ts';
import { unrefSocket } from './unref-socket.ts';

/** What a connection has to know of the configuration. */
export interface ConnectionConfig extends Pick<
  ExporterConfig,
  'wsUrl' | 'token' | 'connectTimeoutMillis' | 'proxy' | 'agent'
> {
  readonly certificates: Certificates;
}

/** Messages of a backend are acknowledgements; anything larger is a fault or an attack. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Node goes on reading into a paused socket until this many bytes wait in it; by default 16 KiB and more. */
const PAUSED_BYTES = 1;

/** `ws` passes the options of `net.connect` and `tls.connect` on. */
type SocketOptions = ClientOptions & { readonly highWaterMark: number };

/**
 * How `ws` is to connect.
 *
 * @param signal ends what is under way to a proxy
 */
export function clientOptions(config: ConnectionConfig, signal: AbortSignal): SocketOptions {
  const { server: proxy } = config.proxy;
  return {
    headers: { authorization: `Bearer ${config.token}` },
    followRedirects: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    highWaterMark: PAUSED_BYTES,
    finishRequest(request) {
      // Neither a connection that is being made nor an open one may keep the application's process alive.
      request.on('socket', unrefSocket);
      request.end();
    },
    ...config.certificates,
    ...(proxy !== undefined && {
      // It is typed as what gives a socket at once, and handed to `http.request`, which also takes a callback.
      createConnection: throughProxy(proxy, config.wsUrl, signal) as unknown as NonNullable<
        ClientOptions['createConnection']
      >,
    }),
    ...(config.agent === undefined ? {} : { agent: config.agent as NonNullable<ClientOptions['agent']> }),
  };
}
