import { SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api';
import { CERBERUS_ATTRIBUTE } from '@cerberus-otel/exporter-ws/internal';
import type { Origin } from '../enrich/client-address.ts';
import { consumerOf, type Consumer, type ConsumerDetails } from '../enrich/consumer.ts';
import type { Sender } from '../enrich/identity.ts';
import { MAX_METRICS, metricValue, rollUp, type MetricValue } from '../enrich/custom-metrics.ts';
import { outcomeOf, type Outcome } from '../enrich/outcome.ts';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import type { ArrivedRequest } from './arrived-request.ts';
import { errorClassOf } from './error-class.ts';
import { HTTP_ROUTE, peerOf, STATUS_CODE, statusCodeOf } from './http-attributes.ts';
import { RequestChildren, routeOf } from './request-children.ts';
import { rpcMetadata, type RpcMetadata } from './rpc-metadata.ts';

/**
 * Where a span of a request carries its record. A registered symbol, and methods instead of `instanceof`: the
 * CommonJS and the ES module copy of this package find each other's records.
 */
export const REQUEST: unique symbol = Symbol.for('@cerberus-otel/request.v1');

/** Nested SERVER spans that were open at the end of a request whose route was not known by then. */
interface Late {
  readonly spans: readonly SdkSpan[];
  /** The route if they do not say it. */
  readonly likely: string | undefined;
}

/** What one request collects until its SERVER span ends. Shows nothing of it to `inspect` or `JSON.stringify`. */
export class RequestRecord {
  readonly #root: SdkSpan;
  readonly #owner: object;
  #arrived: ArrivedRequest | undefined;
  #children: RequestChildren | undefined;
  #closed = false;
  #metrics: Map<string, MetricValue> | undefined;
  #origin: Origin;
  #userId: string | undefined;
  #consumer: Consumer | undefined;
  #users = 0;
  #late: Late | undefined;
  #waiting: (() => void)[] | undefined;
  /**
   * Of the SERVER span within this one. instrumentation-http does not find the route there itself: listeners of a response
   * run in the context of whoever bound the response first.
   */
  #nested: RpcMetadata | undefined;
  /** The processor that wrote its attributes last; each one has its own key. */
  enrichedBy: object | undefined;
  /** The processor that leaves it out. */
  ignoredBy: object | undefined;
  /** Who sent it is written on the span, as far as it can be. */
  isIdentified = false;
  /** Something is missing that the key would have allowed. */
  lacksKey = false;

  /** @param owner the processor that follows the children: one does, however many there are */
  constructor(root: SdkSpan, owner: object, arrived: ArrivedRequest | undefined) {
    this.#root = root;
    this.#owner = owner;
    this.#arrived = arrived;
    this.#origin = arrived?.origin ?? originOf(root);
  }

  /** Where it came from: from the request itself or else, without its headers, from the span. */
  get origin(): Origin {
    return this.#origin;
  }

  /** The path as the client wrote it, where the request is known. */
  get path(): string | undefined {
    return this.#arrived?.path;
  }

  /** Who sent it, as far as it is known by now. */
  get sender(): Sender {
    const { userAgent, peerHash } = this.#arrived ?? {};
    return { origin: this.#origin, userId: this.#userId, consumer: this.#consumer, userAgent, peerHash };
  }

  isRoot(span: object): boolean {
    return span === this.#root;
  }

  isOwnedBy(processor: object): boolean {
    return processor === this.#owner;
  }

  /** Whether a SERVER span stands for this request too, as where two instrumentations make one each. */
  isOf(attributes: Attributes): boolean {
    return !this.#closed && this.#arrived?.isOf(attributes) === true;
  }

  /** Who has made its SERVER span and who this further one, where they are two; not for routers, whose spans do not say all of a request. */
  makersWith(span: SdkSpan): readonly [string, string] | undefined {
    const first = this.#root.instrumentationScope?.name;
    const second = span.instrumentationScope?.name;
    if (first === undefined || second === undefined || first === second) return undefined;
    return this.isOf(span.attributes) ? [first, second] : undefined;
  }

  /** Its SERVER span has ended: nothing is taken any more. */
  get over(): boolean {
    return this.#closed;
  }

  /** @returns false when the child is not followed: too many are open, or the request is over */
  addChild(child: SdkSpan, parentContext: Context): boolean {
    if (this.#closed) return false;
    const children = (this.#children ??= new RequestChildren());
    if (children.hasServers) this.#nested = rpcMetadata(parentContext) ?? this.#nested;
    return children.add(child);
  }

  childEnded(): void {
    this.#children?.ended();
    if (this.#late?.spans.every((span) => span.ended) === true) this.stopWaiting();
  }

  /**
   * Calls back once, when the nested SERVER spans that were still open at the end of the request have ended: some frameworks
   * say the route only then.
   *
   * @returns false when there is nothing to wait for; `callback` is then never called
   */
  awaitRoute(callback: () => void): boolean {
    if (this.#late === undefined) return false;
    (this.#waiting ??= []).push(callback);
    return true;
  }

  /**
   * @returns whether the value was taken: not after the request, nor for what cannot be a metric
   * @throws what a list throws when it is read
   */
  setMetric(name: string, value: unknown): boolean {
    if (this.#closed || typeof name !== 'string' || name === '') return false;
    const taken = metricValue(value);
    if (taken === undefined) return false;
    const metrics = (this.#metrics ??= new Map());
    if (metrics.size >= MAX_METRICS && !metrics.has(name)) return false;
    metrics.set(name, taken);
    return true;
  }

  /** @returns whether the id was taken: not after the request, nor when it is empty */
  setUserId(id: string): boolean {
    if (this.#closed || id === '') return false;
    this.#userId = id;
    return true;
  }

  /** @returns whether it was taken: not after the request, nor what `consumerOf` does not take */
  setConsumer(id: unknown, details: ConsumerDetails): boolean {
    const consumer = this.#closed ? undefined : consumerOf(id, details);
    if (consumer === undefined) return false;
    this.#consumer = consumer;
    return true;
  }

  /**
   * Brings what the request's other spans and the helpers set to the SERVER span; once.
   *
   * @returns how many children could not be followed
   */
  close(): number {
    if (this.#closed) return 0;
    this.#closed = true;
    const children = this.#children;
    this.#children = undefined;
    // Old instrumentations name the peer only at the end.
    if (this.#arrived === undefined && this.#origin.peer === undefined) this.#origin = originOf(this.#root);
    const { attributes } = this.#root;
    rollUp(attributes, this.#metrics, children?.spans ?? [], children?.settled);
    this.#metrics = undefined;
    if (!Object.hasOwn(attributes, HTTP_ROUTE)) {
      const route = children?.route ?? this.#nested?.route;
      // Not as `http.route`: other exporters are to get what the instrumentations have said.
      const chosen = route === undefined ? this.#arrived?.route : undefined;
      if (route !== undefined) attributes[HTTP_ROUTE] = route;
      else if (chosen !== undefined) attributes[CERBERUS_ATTRIBUTE.route] = chosen;
      else this.#late = lateIn(children);
    }
    // At the attribute limit the span refused it.
    const sent = statusCodeOf(attributes) === undefined ? this.#arrived?.answer?.statusCode : undefined;
    if (sent !== undefined) attributes[STATUS_CODE] = sent;
    this.#describe(attributes, children?.spans ?? []);
    return children?.refused ?? 0;
  }

  /** Not under OpenTelemetry's names: other exporters are to get what the instrumentations have said. */
  #describe(attributes: Attributes, children: readonly SdkSpan[]): void {
    const { requestBodySize, responseBodySize } = this.#arrived?.details ?? {};
    if (requestBodySize !== undefined) attributes[CERBERUS_ATTRIBUTE.requestBodySize] = requestBodySize;
    if (responseBodySize !== undefined) attributes[CERBERUS_ATTRIBUTE.responseBodySize] = responseBodySize;
    const failed = (statusCodeOf(attributes) ?? 0) >= 500 || this.#root.status.code === SpanStatusCode.ERROR;
    const errorClass = failed ? errorClassOf([...children, this.#root]) : undefined;
    if (errorClass !== undefined) attributes[CERBERUS_ATTRIBUTE.errorType] = errorClass;
  }

  /** Takes the route as it is known now, and calls back those who wait for it. */
  stopWaiting(): void {
    const late = this.#late;
    if (late === undefined) return;
    this.#late = undefined;
    const route = routeOf(late.spans) ?? this.#nested?.route ?? late.likely;
    if (route !== undefined) this.#root.attributes[HTTP_ROUTE] = route;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const callback of waiting ?? []) callback();
  }

  /** How the request ended, asked while its SERVER span ends. */
  outcome(): Outcome {
    return outcomeOf({
      statusCode: statusCodeOf(this.#root.attributes),
      spanStatus: this.#root.status.code,
      response: this.#arrived?.answer,
    });
  }

  /** Somebody needs it until `leave`. */
  join(): void {
    this.#users += 1;
  }

  /**
   * The SERVER span has ended, and one who joined is done with it; the others still learn the same. With the last one the
   * span lets go of the record: spans are reachable for longer than their requests (docs/performance/what-made-the-difference.md).
   */
  leave(): void {
    this.#users -= 1;
    if (this.#users > 0) {
      this.#arrived?.release();
      return;
    }
    this.#arrived = undefined;
    // One that is left out was not closed.
    this.#closed = true;
    this.#children = undefined;
    this.#metrics = undefined;
    (this.#root as RequestSpan)[REQUEST] = undefined;
  }
}

function lateIn(children: RequestChildren | undefined): Late | undefined {
  const spans = children?.openServers;
  return spans && { spans, likely: children?.nextRoute };
}

function originOf(span: SdkSpan): Origin {
  return {
    peer: peerOf(span.attributes),
    unixSocket: false,
    encrypted: undefined,
    xForwardedFor: '',
    xForwardedProto: '',
    forwarded: '',
  };
}

/** A span that may carry a record. */
export interface RequestSpan {
  [REQUEST]?: RequestRecord | undefined;
}
