import { expect } from 'chai';
import { routeAdvice } from '../../dist/esm/observe/route-advice.js';

const FASTIFY = {
  name: 'fastify',
  instrumentation: '@fastify/otel',
  className: 'FastifyOtelInstrumentation',
  options: { registerOnInitialization: true },
  command: 'npm install @fastify/otel',
  commandWithSdk: 'npm install @opentelemetry/sdk-node @fastify/otel',
};
const HONO = {
  name: 'hono',
  instrumentation: '@hono/otel',
  command: 'npm install @hono/otel',
  commandWithSdk: 'npm install @opentelemetry/sdk-node @hono/otel',
};

describe('advice for missing routes', () => {
  it('is the command where `register` uses what is installed, and nothing to write', () => {
    expect(routeAdvice(FASTIFY, 'register')).to.equal(
      'Run: npm install @fastify/otel (register uses it from the next start on)',
    );
    expect(routeAdvice({ ...FASTIFY, command: undefined }, 'register')).to.match(
      /^@fastify\/otel is installed/,
    );
  });

  it('is the line to write where code sets up', () => {
    const line = 'dd `new FastifyOtelInstrumentation({ registerOnInitialization: true })` of @fastify/otel';
    expect(routeAdvice(FASTIFY, 'code')).to.include(`Run: npm install @fastify/otel and then a${line}`);
    expect(routeAdvice({ ...FASTIFY, command: undefined }, 'code')).to.include(`A${line}`);
  });

  it('is a line in the application for a middleware', () => {
    expect(routeAdvice(HONO, 'code')).to.include(
      'put `app.use(httpInstrumentationMiddleware())` of @hono/otel',
    );
  });

  it('is what an SDK takes where there is none, but for a middleware', () => {
    expect(routeAdvice(FASTIFY, 'nobody')).to.match(
      /with an SDK: run: npm install @opentelemetry\/sdk-node @fastify\/otel, and start with `register` and CERBERUS_CAPTURE=otel/,
    );
    expect(routeAdvice({ ...FASTIFY, commandWithSdk: undefined }, 'nobody')).to.match(
      /with an SDK: start with/,
    );
    expect(routeAdvice({ ...FASTIFY, name: '@koa/router' }, 'nobody')).to.match(
      /CERBERUS_CAPTURE=otel \(docs\/capture.md\)\. Or without one: CERBERUS_PATCH_ROUTES=koa /,
    );
    expect(routeAdvice(HONO, 'nobody')).to.equal(routeAdvice(HONO, 'code'));
  });
});
