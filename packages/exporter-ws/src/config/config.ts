import type { MeterProvider } from '@opentelemetry/api';
import { isCertificate, isKeyOf } from './certificate-check.ts';
import { agentOption } from './agent-option.ts';
import { CerberusConfigError } from './config-error.ts';
import { endpointUrl } from './endpoint-url.ts';
import { folder, pem, pemFile } from './file-options.ts';
import { meterProviderOption } from './meter-provider-option.ts';
import { nameOfApplication } from './package-name.ts';
import { chooseProxy, proxyOption, type ProxyChoice } from './proxy.ts';
import {
  resourceOption,
  serviceIdentity,
  type ResourceLike,
  type ServiceIdentity,
} from './service-identity.ts';
import {
  flag,
  invalid,
  missing,
  oneOf,
  integerFrom,
  positiveInteger,
  reading,
  readOptions,
  text,
  type Environment,
} from './option-reader.ts';

/**
 * Options of `CerberusWsExporter`. Each can also come from the environment as `CERBERUS_` and the name in upper
 * snake case (`wsUrl` → `CERBERUS_WS_URL`); code wins.
 */
export interface CerberusWsExporterOptions {
  /** Where events go: a `wss://` URL, or `ws://` for a loopback host. Required. */
  wsUrl?: string | undefined;
  /** The API key. Sent as `Authorization: Bearer` and, in event mode, inside each event. Required. */
  token?: string | undefined;
  /**
   * Names the application at the backend. Default: `OTEL_SERVICE_NAME`, the `service.name` of `OTEL_RESOURCE_ATTRIBUTES` or of
   * `resource`, or the `name` of the application's package.json; required where there is none of them.
   */
  clientId?: string | undefined;
  /** Which wire protocol to speak; `auto` offers batch mode and falls back to event mode. Default `auto`. */
  protocol?: 'auto' | 'batch' | 'event' | undefined;
  /** Event mode: wait for the backend's answer to each event, or count it as delivered when the socket took it. Default `required`. */
  acks?: 'required' | 'none' | undefined;
  /** Most events kept, queued and in flight together. Default 10,000. */
  maxQueueEvents?: number | undefined;
  /** Most bytes of events kept, queued and in flight together. Default 8 MiB. */
  maxQueueBytes?: number | undefined;
  /** Most events in one frame of batch mode. Default 512. */
  maxBatchEvents?: number | undefined;
  /** Most bytes of events in one frame of batch mode. Default 256 KiB. */
  maxBatchBytes?: number | undefined;
  /** How long a request or an event may wait for others before it is sent, in milliseconds. Default 250. */
  flushIntervalMillis?: number | undefined;
  /** Most unacknowledged frames in batch mode. Default 8. */
  maxInFlightFrames?: number | undefined;
  /** Most unanswered events in event mode. Default 512. */
  maxInFlightEvents?: number | undefined;
  /** Connections that one event may end alone, while others are acknowledged, before it is given up; 0: any number. Default 5. */
  maxPoisonAttempts?: number | undefined;
  /**
   * Absolute path of a folder for events that do not fit into the queue, and for what is unacknowledged when the process ends;
   * the next process with the same `clientId` sends them first. Default: none, such events are refused or lost.
   */
  spoolDir?: string | undefined;
  /** Most bytes on disk. Default 256 MiB. */
  maxSpoolBytes?: number | undefined;
  /** Nothing more is written while the socket holds this many unsent bytes. Default 1 MiB. */
  maxBufferedBytes?: number | undefined;
  /** Longest time for a connection to be established, handshake included, in milliseconds. Default 10,000. */
  connectTimeoutMillis?: number | undefined;
  /** Longest time without progress while something is unacknowledged, in milliseconds. Default 10,000. */
  ackTimeoutMillis?: number | undefined;
  /** Silence after which the backend is pinged, in milliseconds. Default 15,000. */
  pingIntervalMillis?: number | undefined;
  /** Longest wait for the answer to a ping, in milliseconds. Default 10,000. */
  pingTimeoutMillis?: number | undefined;
  /** Upper bound of the first wait before reconnecting, in milliseconds. Default 1,000. */
  initialBackoffMillis?: number | undefined;
  /** Upper bound of every wait before reconnecting, in milliseconds. Default 30,000. */
  maxBackoffMillis?: number | undefined;
  /** Longest `forceFlush()`, in milliseconds. Default 10,000. */
  forceFlushTimeoutMillis?: number | undefined;
  /** Longest drain of `shutdown()`, in milliseconds. Default 5,000. */
  shutdownTimeoutMillis?: number | undefined;
  /** Compression of batch frames. Default `none`. */
  compression?: 'none' | 'gzip' | undefined;
  /** What becomes `endpoint`: the request path, or the route template (empty where no route matched). Default `path`. */
  endpointFrom?: 'path' | 'route' | undefined;
  /** False sends the seed's eight fields only. Default true. */
  extendedFields?: boolean | undefined;
  /** Name of the field that carries the pseudonymous address. Default `source_ip`. */
  sourceIpField?: 'source_ip' | 'remote_addr' | undefined;
  /** Sends the `User-Agent` header as `user_agent`. Default false. */
  captureUserAgent?: boolean | undefined;
  /** Lets a raw address through as `source_ip`; needs `sourceIp: 'raw'` in the span processor too. Default false. */
  allowRawSourceIp?: boolean | undefined;
  /** Allows `ws://` to a host that is not loopback. Default false. */
  allowInsecureTransport?: boolean | undefined;
  /** Certificate authorities to trust instead of Node's, PEM. In the environment: a file name, read again when a connection has ended. */
  tlsCa?: string | Uint8Array | undefined;
  /** Client certificate, PEM. In the environment: a file name, read again when a connection has ended. */
  tlsCert?: string | Uint8Array | undefined;
  /** Private key of the client certificate, PEM. In the environment: a file name, read again when a connection has ended. */
  tlsKey?: string | Uint8Array | undefined;
  /**
   * The `http://` or `https://` URL of a proxy, or `none`. Default: what `HTTPS_PROXY` (for `wss://`), `HTTP_PROXY`, `ALL_PROXY` and
   * `NO_PROXY` say. No proxy is used for a loopback host.
   */
  proxy?: string | undefined;
  /** An `http.Agent` for the upgrade request. Excludes `proxy`, and no variable is looked at for one. Code only. */
  agent?: object | undefined;
  /**
   * The Resource of OpenTelemetry's SDK: its `service.version`, `deployment.environment.name` and `service.instance.id` are sent
   * with the connection. `withCerberus` takes the one of its configuration. Default: what `OTEL_RESOURCE_ATTRIBUTES` says. Code only.
   */
  resource?: ResourceLike | undefined;
  /** Where metrics about the exporter itself go, such as `otel.sdk.exporter.span.exported`. Default: nowhere. Code only. */
  selfObsMeterProvider?: MeterProvider | undefined;
}

const OPTIONS = {
  wsUrl: text(),
  token: text(),
  clientId: text(),
  protocol: oneOf(['auto', 'batch', 'event'], 'auto'),
  acks: oneOf(['required', 'none'], 'required'),
  maxQueueEvents: positiveInteger(10_000, 'events'),
  maxQueueBytes: positiveInteger(8 * 1024 * 1024, 'bytes'),
  maxBatchEvents: positiveInteger(512, 'events'),
  maxBatchBytes: positiveInteger(256 * 1024, 'bytes'),
  flushIntervalMillis: positiveInteger(250, 'milliseconds'),
  maxInFlightFrames: positiveInteger(8, 'frames'),
  maxInFlightEvents: positiveInteger(512, 'events'),
  maxPoisonAttempts: integerFrom(0, 5, 'connections'),
  spoolDir: folder(),
  maxSpoolBytes: positiveInteger(256 * 1024 * 1024, 'bytes'),
  maxBufferedBytes: positiveInteger(1024 * 1024, 'bytes'),
  connectTimeoutMillis: positiveInteger(10_000, 'milliseconds'),
  ackTimeoutMillis: positiveInteger(10_000, 'milliseconds'),
  pingIntervalMillis: positiveInteger(15_000, 'milliseconds'),
  pingTimeoutMillis: positiveInteger(10_000, 'milliseconds'),
  initialBackoffMillis: positiveInteger(1_000, 'milliseconds'),
  maxBackoffMillis: positiveInteger(30_000, 'milliseconds'),
  forceFlushTimeoutMillis: positiveInteger(10_000, 'milliseconds'),
  shutdownTimeoutMillis: positiveInteger(5_000, 'milliseconds'),
  compression: oneOf(['none', 'gzip'], 'none'),
  endpointFrom: oneOf(['path', 'route'], 'path'),
  extendedFields: flag(true),
  sourceIpField: oneOf(['source_ip', 'remote_addr'], 'source_ip'),
  captureUserAgent: flag(false),
  allowRawSourceIp: flag(false),
  allowInsecureTransport: flag(false),
  tlsCa: pem(),
  tlsCert: pem(),
  tlsKey: pem(),
  proxy: proxyOption(),
  agent: agentOption(),
  resource: resourceOption(),
  selfObsMeterProvider: meterProviderOption(),
};

/** Names of every option of the exporter, for whoever splits a common set of options. */
export const EXPORTER_OPTION_NAMES: readonly string[] = Object.freeze(Object.keys(OPTIONS));

const PROCESSOR_OPTIONS = ['secretKey', 'backendUrl'];
const NAME_HINT =
  'a name for this application, which neither OTEL_SERVICE_NAME nor a package.json around it gives';
const WS_SCHEMES = { secure: 'wss:', plain: 'ws:' };
/** A backend refuses every `hello` with a longer one. */
const MAX_NAME_CHARACTERS = 256;
/** What an HTTP header value can carry (RFC 9110, field-value), without the spaces that parsers trim. */
const HEADER_SAFE = /^[\u0021-\u007e\u0080-\u00ff]+$/;

type WithoutDefault =
  | 'wsUrl'
  | 'token'
  | 'clientId'
  | 'spoolDir'
  | 'tlsCa'
  | 'tlsCert'
  | 'tlsKey'
  | 'proxy'
  | 'agent'
  | 'resource'
  | 'selfObsMeterProvider';

type WithDefault = Exclude<keyof CerberusWsExporterOptions, WithoutDefault>;
type Defaulted = { readonly [Name in WithDefault]-?: Exclude<CerberusWsExporterOptions[Name], undefined> };

/** Every option with a value. Frozen; printing it shows neither token nor keys nor the URL. */
export interface ExporterConfig extends Defaulted {
  readonly wsUrl: URL;
  readonly token: string;
  readonly clientId: string;
  readonly spoolDir: string | undefined;
  readonly tlsCa: string | Uint8Array | undefined;
  readonly tlsCert: string | Uint8Array | undefined;
  readonly tlsKey: string | Uint8Array | undefined;
  /** The files of those that come from the environment: they are read again. */
  readonly tlsFiles: {
    readonly tlsCa: string | undefined;
    readonly tlsCert: string | undefined;
    readonly tlsKey: string | undefined;
  };
  readonly proxy: ProxyChoice;
  readonly agent: object | undefined;
  /** What is sent of the application itself beside `clientId`. */
  readonly service: ServiceIdentity;
  readonly selfObsMeterProvider: MeterProvider | undefined;
}

/**
 * `code ?? environment ?? default` for every option, checked.
 *
 * @param packageName finds the name of the application's package, asked for only where nothing else names it
 * @throws CerberusConfigError
 */
export function resolveConfig(
  options: CerberusWsExporterOptions,
  env: Environment,
  packageName: () => string | undefined = nameOfApplication,
): ExporterConfig {
  const misplaced = reading('options', () =>
    PROCESSOR_OPTIONS.find((name) => Object.hasOwn(Object(options), name)),
  );
  if (misplaced !== undefined) {
    throw new CerberusConfigError(
      'OPTION_MISPLACED',
      misplaced,
      `\`${misplaced}\` is an option of CerberusSpanProcessor (@cerberus-otel/instrumentation): addresses are hashed there, the exporter never sees one`,
    );
  }
  const { resource, ...read } = readOptions(OPTIONS, options, env);
  const wsUrl = read.wsUrl ?? missing('wsUrl', 'the WebSocket URL of a Cerberus backend');
  const token = read.token ?? missing('token', 'the API key');
  const service = reading('resource', () => serviceIdentity(env, resource));
  const clientId = read.clientId ?? service.name ?? packageName() ?? missing('clientId', NAME_HINT);
  if (clientId.length > MAX_NAME_CHARACTERS || clientId.includes('\0'))
    invalid('clientId', `a name of at most ${MAX_NAME_CHARACTERS} characters without NUL`);
  if (!HEADER_SAFE.test(token)) invalid('token', 'made of characters that an HTTP header can carry');
  if ((read.tlsCert === undefined) !== (read.tlsKey === undefined)) {
    invalid(read.tlsCert === undefined ? 'tlsCert' : 'tlsKey', 'given together with its counterpart');
  }
  if (read.agent !== undefined && read.proxy !== undefined)
    invalid('proxy', 'left out where `agent` is given');
  checkTls(read);
  const url = endpointUrl('wsUrl', wsUrl, WS_SCHEMES, read.allowInsecureTransport);
  const config = {
    ...read,
    tlsFiles: {
      tlsCa: pemFile('tlsCa', options, env),
      tlsCert: pemFile('tlsCert', options, env),
      tlsKey: pemFile('tlsKey', options, env),
    },
    wsUrl: url,
    proxy: chooseProxy(url, read.agent === undefined ? read.proxy : 'none', env),
    token,
    clientId,
    service,
  };
  return concealed(config);
}

/** Whether certificates and key are usable is found out now rather than at the first connection. */
function checkTls({ tlsCa, tlsCert, tlsKey }: Pick<ExporterConfig, 'tlsCa' | 'tlsCert' | 'tlsKey'>): void {
  checkCertificate('tlsCa', tlsCa);
  checkCertificate('tlsCert', tlsCert);
  if (tlsCert === undefined || tlsKey === undefined) return;
  if (!isKeyOf({ cert: Buffer.from(tlsCert), key: Buffer.from(tlsKey) })) {
    invalid('tlsKey', 'the unencrypted private key of `tlsCert`, PEM');
  }
}

/** @throws CerberusConfigError when `certificate` is there and is none */
export function checkCertificate(name: string, certificate: string | Uint8Array | undefined): void {
  if (certificate === undefined || isCertificate(certificate)) return;
  invalid(name, 'a certificate, PEM');
}

/** Takes what must not be printed out of enumeration, so that neither `util.inspect` nor JSON shows it. */
function concealed(config: ExporterConfig): ExporterConfig {
  const shown: Record<string, unknown> = { ...config };
  for (const name of [
    'wsUrl',
    'token',
    'tlsCa',
    'tlsCert',
    'tlsKey',
    'tlsFiles',
    'proxy',
    'agent',
    'selfObsMeterProvider',
  ] as const) {
    Object.defineProperty(shown, name, { value: config[name], enumerable: false });
  }
  return Object.freeze(shown) as unknown as ExporterConfig;
}
