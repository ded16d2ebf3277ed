import { expect } from 'chai';
import { CerberusConfigError, HttpServerInstrumentation } from '../../dist/esm/index.js';

/** Options as an application without types could pass them. */
const make = (options: unknown): HttpServerInstrumentation =>
  new HttpServerInstrumentation(options as object);

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['requestHook', { requestHook: 'x' }, /`requestHook` must be a function \(got a string\)/],
  ['ignoreIncomingRequestHook', { ignoreIncomingRequestHook: [] }, /must be a function/],
  ['startIncomingSpanHook', { startIncomingSpanHook: 1 }, /must be a function/],
  ['responseHook', { responseHook: {} }, /must be a function/],
  ['applyCustomAttributesOnSpan', { applyCustomAttributesOnSpan: null }, /must be a function/],
  ['patchRoutes', { patchRoutes: ['koa', 'hono'] }, /`patchRoutes` must be a list of these words: koa, hapi/],
  ['http2', { http2: 'yes' }, /`http2` must be true or false/],
  ['enabled', { enabled: 'no' }, /`enabled` must be true or false/],
  ['requireParentforIncomingSpans', { requireParentforIncomingSpans: 1 }, /must be true or false/],
  ['enableSyntheticSourceDetection', { enableSyntheticSourceDetection: 'yes' }, /must be true or false/],
  ['redactedQueryParamsServer', { redactedQueryParamsServer: 'sig' }, /must be a list of strings/],
  ['headersToSpanAttributes', { headersToSpanAttributes: ['x'] }, /must be an object with `server`/],
  ['headersToSpanAttributes', { headersToSpanAttributes: { client: {} } }, /must be an object with `server`/],
  [
    'headersToSpanAttributes',
    { headersToSpanAttributes: { server: { requestHeaders: 'x' } } },
    /`requestHeaders`/,
  ],
  ['headersToSpanAttributes', { headersToSpanAttributes: { server: { headers: [] } } }, /`requestHeaders`/],
  [
    'ignoreOutgoingRequestHook',
    { ignoreOutgoingRequestHook: () => true },
    /unknown option .*known are .*requestHook/,
  ],
  ['options', null, /the options must be an object/],
];

describe('options of HttpServerInstrumentation', () => {
  for (const [option, options, message] of REFUSED) {
    it(`are refused with the option and its rule: ${JSON.stringify(options)}`, () => {
      const fails = expect(() => make(options)).to.throw(CerberusConfigError, message);
      fails.with.property('option', option);
    });
  }

  it('stay as they were when setConfig refuses others', () => {
    const instrumentation = new HttpServerInstrumentation({
      enabled: false,
      requireParentforIncomingSpans: true,
    });
    expect(() => instrumentation.setConfig({ enabled: 'x' } as object)).to.throw(
      CerberusConfigError,
      /`enabled`/,
    );
    expect(instrumentation.getConfig()).to.deep.equal({
      enabled: false,
      requireParentforIncomingSpans: true,
    });
  });

  it('have `enabled` in them even if nobody says it, which registerInstrumentations asks', () => {
    const instrumentation = new HttpServerInstrumentation();
    instrumentation.disable();
    expect(instrumentation.getConfig()).to.deep.equal({ enabled: true });
  });

  it('are not taken from the environment', () => {
    process.env['CERBERUS_ENABLED'] = 'nonsense';
    try {
      expect(() => new HttpServerInstrumentation().disable()).not.to.throw();
    } finally {
      delete process.env['CERBERUS_ENABLED'];
    }
  });
});
