import { expect } from 'chai';
import { routeAdvice } from '../../dist/esm/observe/route-advice.js';

const FASTIFY = {
  name: 'fastify',
  instrumentation: '@fastify/otel',
  className: 'FastifyOtelInstrumentation',
  options: { registerOnInitialization: true },
  command: 'npm install @fastify/otel',
};
const HONO = { name: 'hono', instrumentation: '@hono/otel', command: 'npm install @hono/otel' };

describe('advice for missing routes', () => {
  it('is the command where `register` uses what is installed, and nothing to write', () => {
    expect(routeAdvice(FASTIFY, true)).to.equal(
      'Run: npm install @fastify/otel (register uses it from the next start on)',
    );
    expect(routeAdvice({ ...FASTIFY, command: undefined }, true)).to.match(/^@fastify\/otel is installed/);
  });

  it('is the line to write where code sets up', () => {
    const line = 'dd `new FastifyOtelInstrumentation({ registerOnInitialization: true })` of @fastify/otel';
    expect(routeAdvice(FASTIFY, false)).to.include(`Run: npm install @fastify/otel and then a${line}`);
    expect(routeAdvice({ ...FASTIFY, command: undefined }, false)).to.include(`A${line}`);
  });

  it('is a line in the application for a middleware', () => {
    expect(routeAdvice(HONO, false)).to.include(
      'put `app.use(httpInstrumentationMiddleware())` of @hono/otel',
    );
  });
});
