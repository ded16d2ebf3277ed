import { expect } from 'chai';
import { CerberusConfigError } from '@cerberus-otel/exporter-ws';
import { PROCESSOR_OPTION_TABLE } from '../dist/esm/config.js';
import { CerberusSpanProcessor, HttpServerInstrumentation } from '../dist/esm/index.js';

function fails(): never {
  throw new Error('sk-secret');
}

/** Throws as soon as it is looked into. */
const VALUES: Readonly<Record<string, unknown>> = {
  object: new Proxy({}, { get: fails, has: fails, ownKeys: fails, getPrototypeOf: fails }),
  list: Object.defineProperty(['koa'], 0, { get: fails }),
};
/** What takes such a list as it is, or never looks into it. */
const HOOKS = [
  'ignoreIncomingRequestHook',
  'startIncomingSpanHook',
  'requestHook',
  'responseHook',
  'applyCustomAttributesOnSpan',
];
const SERVER_OPTIONS = [
  ...HOOKS,
  'enabled',
  'headersToSpanAttributes',
  'requireParentforIncomingSpans',
  'redactedQueryParamsServer',
  'http2',
  'patchRoutes',
  'enableSyntheticSourceDetection',
];

describe('options that throw when they are read', () => {
  for (const [what, value] of Object.entries(VALUES)) {
    for (const [of, names, make] of [
      [
        'CerberusSpanProcessor',
        Object.keys(PROCESSOR_OPTION_TABLE),
        (options: object) => new CerberusSpanProcessor({ secretKey: 'k'.repeat(32), ...options }),
      ],
      [
        'HttpServerInstrumentation',
        SERVER_OPTIONS,
        (options: object) => new HttpServerInstrumentation({ enabled: false, ...options }),
      ],
    ] as const) {
      it(`are refused by their names, and what they throw is not shown: ${of}, ${what}`, () => {
        for (const name of names)
          expect(() => make({ [name]: value }), name)
            .to.throw(CerberusConfigError, `\`${name}\` must be `)
            .with.property('option', name);
      });
    }
  }
});
