import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace, type Context, type Span } from '@opentelemetry/api';
import { RPC_METADATA } from '../capture/rpc-metadata.ts';

/** What is kept of a request in its context: instrumentations of routers write the route here. */
export interface HttpMetadata {
  readonly type: 'http';
  readonly span: Span;
  route?: string;
}

/**
 * The context in which a request is served: what was extracted from its headers, its span and its metadata. Two values set on a
 * context are two copies of a map; this one copies nothing before somebody sets a third.
 */
export class RequestContext implements Context {
  readonly #parent: Context;
  readonly #span: Span;
  readonly #metadata: HttpMetadata;
  #copy: Context | undefined;

  /** @param parent what propagators made of the request's headers */
  constructor(parent: Context, metadata: HttpMetadata) {
    this.#parent = parent;
    this.#span = metadata.span;
    this.#metadata = metadata;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.#span;
    if (key === RPC_METADATA) return this.#metadata;
    return this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#asMap().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#asMap().deleteValue(key);
  }

  /** Kept, for each span below makes one of its own from it. */
  #asMap(): Context {
    this.#copy ??= trace.setSpan(this.#parent, this.#span).setValue(RPC_METADATA, this.#metadata);
    return this.#copy;
  }
}

/** The key under which `@opentelemetry/api` keeps the active span. It exports none, but says it to whoever pretends to be a context. */
const SPAN: symbol | undefined = spanKey();

function spanKey(): symbol | undefined {
  let found: symbol | undefined;
  const listening: Context = {
    getValue: () => undefined,
    setValue(key) {
      found = key;
      return ROOT_CONTEXT;
    },
    deleteValue: () => ROOT_CONTEXT,
  };
  trace.setSpan(listening, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return found;
}
