import { certify } from '../examples/certificate.js';
import { LIGHT_CAPTURES, type Framework, type Gap } from './framework.js';
import { graphqlProbes } from '../probes/graphql-probes.js';
import { grpcProbes, sendGrpcProbes } from '../probes/grpc-probes.js';
import { COLON_ROUTES, httpProbes, NO_ROUTES } from '../probes/http-probes.js';
import { buildNext, NEXT_ENTRY } from '../examples/next-build.js';
import { nextProbes } from '../probes/next-probes.js';
import type { Options, Probe } from '../probes/probe.js';

const withColons = (options: Options): Probe[] => httpProbes(COLON_ROUTES, options);
const withoutRoutes = (options: Options): Probe[] => httpProbes(NO_ROUTES, options);
const HONO_ROUTE: Gap = {
  aspect: 'route',
  why: 'No instrumentation of OpenTelemetry names the route of Hono. `register` does; in a set-up of your own, use `@hono/otel`.',
};
const HONO_OTEL_ROUTE: Gap = {
  aspect: 'route',
  probes: ['404', 'aborted before the response'],
  why:
    '`@hono/otel` names the route when the handler is done. Until then, and where no route matches, it says `/*`, which is ' +
    'the path of its own middleware.',
};
const ROUTE_BY_PATCH: Gap = {
  aspect: 'route',
  captures: LIGHT_CAPTURES,
  unlessPatched: true,
  why: 'Yes where [a patch](#koa-and-hapi-by-a-patch) is asked for, none where it is not: half of the runs asked for it.',
};
const GRPC_GAPS: readonly Gap[] = [
  {
    aspect: 'event',
    captures: LIGHT_CAPTURES,
    why: 'Calls of gRPC are left to instrumentation-grpc, which needs an SDK.',
  },
  {
    aspect: 'event',
    probes: ['thrown error'],
    captures: ['standard'],
    why:
      'instrumentation-grpc does not end the span of a handler that throws. Call back with an error, as gRPC wants it ' +
      'anyway.',
  },
  {
    aspect: 'outcome',
    probes: ['cancelled'],
    captures: ['standard'],
    why: 'instrumentation-grpc takes a call that the client cancelled for a successful one when its handler answers it.',
  },
];
const NEST_11 = { '@nestjs/common': '^11.2.0', '@nestjs/core': '^11.2.0' };

export const NODE_HTTP: Framework = {
  name: 'node:http',
  example: 'node-http',
  routeless: true,
  probes: withoutRoutes,
  gaps: [],
};

export const EXPRESS: Framework = {
  name: 'Express 5',
  example: 'express',
  package: 'express',
  probes: withColons,
  gaps: [],
};

export const FASTIFY: Framework = {
  name: 'Fastify 5',
  example: 'fastify',
  package: 'fastify',
  probes: withColons,
  gaps: [],
};

/** Every framework of docs/frameworks.md, in its order. */
export const FRAMEWORKS: readonly Framework[] = [
  NODE_HTTP,
  {
    name: 'node:https',
    example: 'https',
    secure: true,
    routeless: true,
    prepare: certify,
    probes: withoutRoutes,
    gaps: [],
  },
  EXPRESS,
  { ...EXPRESS, name: 'Express 4', versions: { express: '^4.22.0' } },
  FASTIFY,
  {
    name: 'Koa 3',
    example: 'koa',
    package: 'koa',
    patch: 'koa',
    probes: withColons,
    gaps: [ROUTE_BY_PATCH],
  },
  {
    name: 'Hapi 21',
    example: 'hapi',
    package: '@hapi/hapi',
    patch: 'hapi',
    probes: (options) => httpProbes({ ...COLON_ROUTES, user: '/users/{id}' }, options),
    gaps: [ROUTE_BY_PATCH],
  },
  {
    name: 'NestJS 11 (Express)',
    example: 'nest-express',
    package: '@nestjs/core',
    versions: { ...NEST_11, '@nestjs/platform-express': '^11.2.0' },
    probes: withColons,
    gaps: [],
  },
  {
    name: 'NestJS 12 (Express)',
    example: 'nest-express',
    package: '@nestjs/core',
    probes: withColons,
    gaps: [],
  },
  {
    name: 'NestJS 12 (Fastify)',
    example: 'nest-fastify',
    package: '@nestjs/core',
    probes: withColons,
    gaps: [],
  },
  { name: 'Hono 4', example: 'hono', package: 'hono', probes: withColons, gaps: [HONO_ROUTE] },
  {
    name: 'Hono 4 with @hono/otel',
    example: 'hono-otel',
    package: 'hono',
    probes: withColons,
    gaps: [HONO_OTEL_ROUTE],
  },
  {
    name: 'GraphQL Yoga 5',
    example: 'graphql-yoga',
    package: 'graphql-yoga',
    routeless: true,
    probes: graphqlProbes,
    gaps: [],
  },
  {
    name: 'Next.js 16 (smoke test)',
    example: 'next',
    package: 'next',
    modules: 'esm',
    prepare: buildNext,
    entry: NEXT_ENTRY,
    probes: nextProbes,
    gaps: [],
  },
  {
    name: 'gRPC (smoke test)',
    example: 'grpc',
    package: '@grpc/grpc-js',
    routeless: true,
    probes: grpcProbes,
    send: sendGrpcProbes,
    gaps: GRPC_GAPS,
  },
];
