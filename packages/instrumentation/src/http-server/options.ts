import type { Attributes, Span } from '@opentelemetry/api';
import {
  flag,
  given,
  readOptions,
  textList,
  wordList,
  type OptionKind,
} from '@cerberus-otel/exporter-ws/internal';
import { PATCHABLE, type PatchableFramework } from '../routes/patching.ts';

/** What hooks read of a request: Node's `IncomingMessage`, which a hook may declare instead. */
export interface IncomingRequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What hooks read of a response: Node's `ServerResponse`, which a hook may declare instead. */
export interface ServerResponseLike {
  readonly statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): string | number | readonly string[] | undefined;
}

/** What an application can have done with each request. A hook that throws is reported once and harms no request. */
export interface HttpServerHooks {
  /** Asked first: `true` gives no span, and none for what the request does. */
  ignoreIncomingRequestHook(request: IncomingRequestLike): boolean;
  /** Called before the span starts: attributes that it starts with, on top of the standard ones. */
  startIncomingSpanHook(request: IncomingRequestLike): Attributes | undefined;
  /** Called when the span has started, in its context, before the request is handled. */
  requestHook(span: Span, request: IncomingRequestLike): void;
  /** Called after `requestHook`. */
  responseHook(span: Span, response: ServerResponseLike): void;
  /** Called when the response is over, before the span ends. */
  applyCustomAttributesOnSpan(span: Span, request: IncomingRequestLike, response: ServerResponseLike): void;
}

/** Headers to copy to spans, by their names in any case. */
export interface HeadersToSpanAttributes {
  readonly server?:
    | {
        readonly requestHeaders?: readonly string[] | undefined;
        readonly responseHeaders?: readonly string[] | undefined;
      }
    | undefined;
}

type Hooks = { [Name in keyof HttpServerHooks]?: HttpServerHooks[Name] | undefined };

/**
 * Options of `HttpServerInstrumentation`: those of `HttpInstrumentation` that are about incoming requests, under the same names. They
 * cannot be set in the environment.
 */
export interface HttpServerInstrumentationConfig extends Hooks {
  /** Whether it is at work from its construction on; `registerInstrumentations` and NodeSDK put it to work anyway. Default: true. */
  enabled?: boolean;
  /** Request and response headers to copy to spans, and so to every exporter. Default: none. */
  headersToSpanAttributes?: HeadersToSpanAttributes | undefined;
  /** Records requests only below a local parent; such as come from outside then give no span. Default: false. */
  requireParentforIncomingSpans?: boolean | undefined;
  /** Parameters whose values do not appear in `url.query`. A list replaces the default, signatures and keys of AWS, Azure and Google. */
  redactedQueryParamsServer?: readonly string[] | undefined;
  /** Follows requests of HTTP/2 too, on a Node.js that announces them: 22.17, 24.2 or later. Default: false. */
  http2?: boolean | undefined;
  /** Frameworks to patch when a server has its first request, because nothing else leads to their routes. Default: none. */
  patchRoutes?: readonly PatchableFramework[] | undefined;
  /** Adds `user_agent.synthetic.type`: `bot` or `test`. Default: false. */
  enableSyntheticSourceDetection?: boolean | undefined;
}

/** The options as they are used. */
export interface HttpServerConfig extends Partial<Hooks> {
  readonly enabled: boolean;
  readonly headersToSpanAttributes: HeadersToSpanAttributes | undefined;
  readonly requireParentforIncomingSpans: boolean;
  readonly redactedQueryParamsServer: readonly string[] | undefined;
  readonly http2: boolean;
  readonly patchRoutes: readonly PatchableFramework[];
  readonly enableSyntheticSourceDetection: boolean;
}

/** The parameters that HttpInstrumentation redacts too. */
export const REDACTED_PARAMETERS: readonly string[] = [
  'AWSAccessKeyId',
  'Signature',
  'sig',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Goog-Signature',
];

function hook<Name extends keyof HttpServerHooks>(): OptionKind<HttpServerHooks[Name] | undefined> {
  return given('a function', (value): value is HttpServerHooks[Name] => typeof value === 'function');
}

const TABLE = {
  enabled: flag(true),
  ignoreIncomingRequestHook: hook<'ignoreIncomingRequestHook'>(),
  startIncomingSpanHook: hook<'startIncomingSpanHook'>(),
  requestHook: hook<'requestHook'>(),
  responseHook: hook<'responseHook'>(),
  applyCustomAttributesOnSpan: hook<'applyCustomAttributesOnSpan'>(),
  headersToSpanAttributes: given(
    'an object with `server`, which has lists of names as `requestHeaders` and `responseHeaders`',
    isHeaders,
  ),
  requireParentforIncomingSpans: flag(false),
  redactedQueryParamsServer: textList(),
  http2: flag(false),
  patchRoutes: wordList(PATCHABLE),
  enableSyntheticSourceDetection: flag(false),
};

/** @throws CerberusConfigError for a value that breaks its rule, and for an option that there is not */
export function readHttpServerOptions(options: HttpServerInstrumentationConfig): HttpServerConfig {
  return readOptions(TABLE, options, {});
}

function isHeaders(value: unknown): value is HeadersToSpanAttributes {
  return hasOnly(value, ['server'], (server) =>
    hasOnly(server, ['requestHeaders', 'responseHeaders'], isTextList),
  );
}

function hasOnly(value: unknown, names: readonly string[], accepts: (member: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, member]) => member === undefined || (names.includes(name) && accepts(member)),
  );
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}
