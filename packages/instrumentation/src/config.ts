import {
  CerberusConfigError,
  checkCertificate,
  chooseProxy,
  endpointUrl,
  flag,
  given,
  isLoopbackHost,
  meterProviderOption,
  missing,
  oneOf,
  pem,
  pemFile,
  proxyOption,
  readOptions,
  text,
  wordList,
  type Clock,
  type Environment,
  type OptionKind,
  type ProxyServer,
  type Reporter,
} from '@cerberus-otel/exporter-ws/internal';
import type { MeterProvider } from '@opentelemetry/api';
import type { ForwardedHeader } from './enrich/client-address.ts';
import { ignorePathsOption, type PathFilter, type PathPattern } from './enrich/ignore-paths.ts';
import { trustProxyOption, type TrustProxy } from './enrich/trust-proxy.ts';
import { PATCHABLE, type PatchableFramework } from './routes/patching.ts';
import type { SpanExporterLike } from './sdk/sdk-types.ts';

/** What tests replace: time, chance, the environment and where messages go; and what a set-up knows of who else is there. */
export interface ProcessorSeams {
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly reporter?: Reporter;
  /**
   * Whether nobody else sees the spans: who sent a request may then be written later than on its span. Asked when requests are over,
   * once for those that are written together. Default: no.
   */
  readonly isAlone?: () => boolean;
}

/**
 * Options of `CerberusSpanProcessor`. Each one but `exporter` and `selfObsMeterProvider` can also be set in the
 * environment: `CERBERUS_` and its name in upper snake case, lists comma-separated. What is set in code wins.
 */
export interface CerberusSpanProcessorOptions {
  /**
   * Gets each finished request directly, sampled or not, and is flushed and shut down with the processor.
   * Default: none; the processor then only enriches spans, for an exporter behind another processor.
   */
  exporter?: SpanExporterLike | undefined;
  /** The HMAC key itself; 32 random bytes or more. Default: none. Wins over `backendUrl`. */
  secretKey?: string | undefined;
  /** Base URL of the backend that gives out the HMAC key; needs `token`. Default: none. */
  backendUrl?: string | undefined;
  /** The API key of the backend. Default: none. */
  token?: string | undefined;
  /** Allows an `http://` `backendUrl` that is not on this machine. Default: false. */
  allowInsecureTransport?: boolean | undefined;
  /** Certificate authorities to trust instead of Node's for `backendUrl`, PEM. In the environment: a file name, read again when a connection has ended. */
  tlsCa?: string | Uint8Array | undefined;
  /** A proxy for `backendUrl`, as in `CerberusWsExporter`: a URL, or `none`. Default: what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say. */
  proxy?: string | undefined;
  /** What becomes of the client address: its pseudonym, the address itself, or nothing. Default: `hash`. */
  sourceIp?: 'hash' | 'raw' | 'omit' | undefined;
  /** What becomes of the id given to `setUserId`: its pseudonym or the id itself. Default: `hash`. */
  userId?: 'hash' | 'raw' | undefined;
  /**
   * Which proxies may say where a request comes from, as Express's `trust proxy`: a number of hops (1: the
   * socket's peer is the one proxy), or addresses, networks (CIDR) and the names `loopback`, `linklocal`,
   * `uniquelocal`. Default: nobody; `false` also silences the hint about forwarding headers.
   */
  trustProxy?: false | number | readonly string[] | undefined;
  /** The header that these proxies write; the other one is ignored. Default: `x-forwarded-for`. */
  forwardedHeader?: ForwardedHeader | undefined;
  /**
   * Requests that give no event: paths with `*` for anything, regular expressions, or a function. A list
   * replaces the default: health checks, such as `/health`, `/readyz` and `/health/live` (docs/configuration.md has the list).
   */
  ignorePaths?: readonly PathPattern[] | ((path: string) => boolean) | undefined;
  /**
   * Takes client addresses, `url.query` and the query in `url.full` (and their old names) off every span as it ends, so
   * that your other exporters do not send them either. Put this processor before theirs; `withCerberus` does.
   * Excludes `sourceIp: 'raw'`. Default: false.
   */
  redactSpans?: boolean | undefined;
  /**
   * Frameworks to patch when a server has its first request, because nothing else leads to their routes: `koa` (with `@koa/router` or
   * `koa-router`) and `hapi`. Default: none.
   */
  patchRoutes?: readonly PatchableFramework[] | undefined;
  /** Where metrics about the processor itself go, such as `otel.sdk.processor.span.processed`. Default: nowhere. */
  selfObsMeterProvider?: MeterProvider | undefined;
}

function isExporter(value: unknown): value is SpanExporterLike {
  if (typeof value !== 'object' || value === null) return false;
  const { export: send, shutdown } = value as Record<string, unknown>;
  return typeof send === 'function' && typeof shutdown === 'function';
}

/** The options as the processor uses them. */
export interface ProcessorConfig {
  readonly exporter: SpanExporterLike | undefined;
  readonly secretKey: string | undefined;
  readonly backendUrl: string | undefined;
  readonly token: string | undefined;
  readonly allowInsecureTransport: boolean;
  readonly tlsCa: string | Uint8Array | undefined;
  /** The file that it comes from, where it is from the environment. */
  readonly tlsCaFile: string | undefined;
  /** The proxy that leads to a backend, if one does. */
  proxyTo(target: URL): ProxyServer | undefined;
  readonly sourceIp: 'hash' | 'raw' | 'omit';
  readonly userId: 'hash' | 'raw';
  readonly trustProxy: TrustProxy | undefined;
  readonly forwardedHeader: ForwardedHeader;
  readonly ignorePaths: PathFilter;
  readonly redactSpans: boolean;
  readonly patchRoutes: readonly PatchableFramework[];
  readonly selfObsMeterProvider: MeterProvider | undefined;
}

type ReadAsTheyAre = Omit<ProcessorConfig, 'proxyTo' | 'tlsCaFile'>;
type ProcessorOptionTable = {
  readonly [Name in keyof ReadAsTheyAre]: OptionKind<ReadAsTheyAre[Name]>;
} & { readonly proxy: ReturnType<typeof proxyOption> };

/** How the options are read; the single list of them. */
export const PROCESSOR_OPTION_TABLE: ProcessorOptionTable = {
  exporter: given('an exporter: an object with `export` and `shutdown`', isExporter),
  secretKey: text(),
  backendUrl: text(),
  token: text(),
  allowInsecureTransport: flag(false),
  tlsCa: pem(),
  proxy: proxyOption(),
  sourceIp: oneOf(['hash', 'raw', 'omit'], 'hash'),
  userId: oneOf(['hash', 'raw'], 'hash'),
  trustProxy: trustProxyOption(),
  forwardedHeader: oneOf(['x-forwarded-for', 'forwarded'], 'x-forwarded-for'),
  ignorePaths: ignorePathsOption(),
  redactSpans: flag(false),
  patchRoutes: wordList(PATCHABLE),
  selfObsMeterProvider: meterProviderOption(),
};

/** @throws CerberusConfigError */
export function readProcessorOptions(
  options: CerberusSpanProcessorOptions,
  env: Environment,
): ProcessorConfig {
  const { proxy, ...config } = readOptions(PROCESSOR_OPTION_TABLE, options, env);
  if (config.redactSpans && config.sourceIp === 'raw') {
    const rule = "`redactSpans` takes addresses off spans, so `sourceIp` cannot be 'raw'";
    throw new CerberusConfigError('OPTION_INVALID', 'redactSpans', rule);
  }
  return Object.freeze({
    ...config,
    tlsCaFile: pemFile('tlsCa', options, env),
    proxyTo: (target: URL) => chooseProxy(target, proxy, env).server,
  });
}

/** A backend that gives out the key. */
export interface KeyBackend {
  readonly url: URL;
  readonly token: string;
  readonly tlsCa: string | Uint8Array | undefined;
  /** Is read again. */
  readonly tlsCaFile: string | undefined;
  readonly proxy: ProxyServer | undefined;
  /** Neither encrypted nor on this machine; allowed by `allowInsecureTransport`. */
  readonly insecure: boolean;
}

/**
 * The backend to ask for the key; `undefined` when the key is given, or when nothing needs one.
 *
 * @throws CerberusConfigError
 */
export function keyBackendOf(config: ProcessorConfig): KeyBackend | undefined {
  const { backendUrl, token, allowInsecureTransport, tlsCa, tlsCaFile } = config;
  checkCertificate('tlsCa', tlsCa);
  if (config.secretKey !== undefined || backendUrl === undefined) return undefined;
  const schemes = { secure: 'https:', plain: 'http:' };
  const url = endpointUrl('backendUrl', backendUrl, schemes, allowInsecureTransport);
  if (token === undefined) return missing('token', '`backendUrl` gives out the key only to its owner');
  if (config.sourceIp !== 'hash' && config.userId === 'raw') return undefined;
  const insecure = url.protocol === 'http:' && !isLoopbackHost(url.hostname);
  return { url, token, tlsCa, tlsCaFile, proxy: config.proxyTo(url), insecure };
}
