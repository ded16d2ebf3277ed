import { createRequire } from 'node:module';
import { ownLocation } from '../sdk/own-location.ts';

/** What sets `http.route`, by the framework that routes. */
const INSTRUMENTATIONS: readonly (readonly [framework: string, instrumentation: string])[] = [
  ['@nestjs/core', '@opentelemetry/instrumentation-nestjs-core and that of its HTTP adapter'],
  ['express', '@opentelemetry/instrumentation-express'],
  ['fastify', '@fastify/otel'],
  ['@koa/router', '@opentelemetry/instrumentation-koa'],
  ['koa-router', '@opentelemetry/instrumentation-koa'],
  ['@hapi/hapi', '@opentelemetry/instrumentation-hapi'],
  ['restify', '@opentelemetry/instrumentation-restify'],
];

/**
 * The frameworks that this process has loaded, most telling first. A package of CommonJS is in the cache of `require`
 * also when an ES module imported it; one of ES modules cannot be seen.
 */
export function loadedFrameworks(): ReadonlyMap<string, string> {
  const own = ownLocation();
  if (own === undefined) return new Map();
  const files = Object.keys(createRequire(own).cache).map((file) => file.replaceAll('\\', '/'));
  return new Map(
    INSTRUMENTATIONS.filter(([name]) => files.some((file) => file.includes(`/node_modules/${name}/`))),
  );
}
