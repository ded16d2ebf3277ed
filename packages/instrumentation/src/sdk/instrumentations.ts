/** A package that makes OpenTelemetry know what a framework does. */
export interface Instrumentation {
  readonly name: string;
  /** The class to construct, an export of the package. */
  readonly className: string;
  readonly options?: object;
  /** The packages whose routes it names; none where it does something else. Not those that other frameworks bring along. */
  readonly routesOf: readonly string[];
  /** The packages whose calls give no events without it. */
  readonly eventsOf?: readonly string[];
  /** Its versions for SDK 2, for a command; without it, every version works with both SDKs. */
  readonly forSdk2?: string;
  /** Not part of auto-instrumentations-node, which calls it by this name in its settings where it was once. */
  readonly besideBundle?: string;
  /** Not used where this one is installed, which does the same better. */
  readonly unless?: string;
}

export const API = '@opentelemetry/api';
export const SDK = '@opentelemetry/sdk-node';
/** What most applications need of OpenTelemetry, in one package. */
export const BUNDLE = '@opentelemetry/auto-instrumentations-node';
export const HTTP = '@opentelemetry/instrumentation-http';
const FASTIFY = '@fastify/otel';

/** The packages whose routes are those of Koa, and of Hapi, whoever reads them. */
export const KOA_ROUTERS: readonly string[] = ['@koa/router', 'koa-router', '@strapi/strapi'];
export const HAPI_ROUTERS: readonly string[] = ['@hapi/hapi'];

/** What `register` uses of what is installed. Hono's is its own, and needs no package. */
export const INSTRUMENTATIONS: readonly Instrumentation[] = [
  { name: HTTP, className: 'HttpInstrumentation', routesOf: [], forSdk2: '0.223' },
  {
    name: '@opentelemetry/instrumentation-express',
    className: 'ExpressInstrumentation',
    routesOf: ['express', '@nestjs/platform-express'],
    forSdk2: '0.71',
  },
  {
    name: FASTIFY,
    className: 'FastifyOtelInstrumentation',
    options: { registerOnInitialization: true },
    routesOf: ['fastify', '@nestjs/platform-fastify'],
    besideBundle: 'fastify',
  },
  {
    name: '@opentelemetry/instrumentation-fastify',
    className: 'FastifyInstrumentation',
    routesOf: [],
    besideBundle: 'fastify',
    unless: FASTIFY,
  },
  {
    name: '@opentelemetry/instrumentation-koa',
    className: 'KoaInstrumentation',
    routesOf: KOA_ROUTERS,
    forSdk2: '0.71',
  },
  {
    name: '@opentelemetry/instrumentation-hapi',
    className: 'HapiInstrumentation',
    routesOf: HAPI_ROUTERS,
    forSdk2: '0.69',
  },
  {
    name: '@opentelemetry/instrumentation-restify',
    className: 'RestifyInstrumentation',
    routesOf: ['restify'],
    forSdk2: '0.68',
  },
  {
    name: '@opentelemetry/instrumentation-connect',
    className: 'ConnectInstrumentation',
    routesOf: ['connect'],
    forSdk2: '0.66',
  },
  {
    name: '@opentelemetry/instrumentation-nestjs-core',
    className: 'NestInstrumentation',
    routesOf: [],
    forSdk2: '0.70',
  },
  {
    name: '@opentelemetry/instrumentation-router',
    className: 'RouterInstrumentation',
    routesOf: [],
    forSdk2: '0.67',
  },
  {
    name: '@opentelemetry/instrumentation-graphql',
    className: 'GraphQLInstrumentation',
    routesOf: [],
    forSdk2: '0.71',
  },
  {
    name: '@opentelemetry/instrumentation-grpc',
    className: 'GrpcInstrumentation',
    routesOf: [],
    eventsOf: ['@grpc/grpc-js'],
    forSdk2: '0.223',
  },
];

/** Names the routes of Hono where `register` does not, which needs no package for it: a middleware. */
export const HONO_OTEL = '@hono/otel';
