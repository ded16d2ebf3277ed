export type StartUpApplication = 'node:http' | 'Express';

/** Files of `benchmarks/peers/start-up`, ES modules. */
export const APPLICATIONS: Readonly<Record<StartUpApplication, string>> = {
  'node:http': 'node-http.mjs',
  Express: 'express.mjs',
};

export type Way = 'bare' | 'auto-instrumentations' | 'register' | 'stand-alone' | 'with-code';

interface WayOfStarting {
  readonly title: string;
  /** The folder of `benchmarks/peers` from which `--import` is resolved. */
  readonly set: 'start-up' | 'auto-instrumentations';
  /** Of Node.js. */
  readonly options: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const WAYS: Readonly<Record<Way, WayOfStarting>> = {
  bare: { title: 'bare', set: 'start-up', options: [] },
  'auto-instrumentations': {
    title: '`--import @opentelemetry/auto-instrumentations-node/register`',
    set: 'auto-instrumentations',
    options: ['--import', '@opentelemetry/auto-instrumentations-node/register'],
  },
  register: {
    title: '`--import @cerberus-otel/instrumentation/register`, with an SDK (`CERBERUS_CAPTURE=otel`)',
    set: 'start-up',
    options: ['--import', '@cerberus-otel/instrumentation/register'],
    env: { CERBERUS_CAPTURE: 'otel' },
  },
  'stand-alone': {
    title: '`--import @cerberus-otel/instrumentation/register`, without one',
    set: 'start-up',
    options: ['--import', '@cerberus-otel/instrumentation/register'],
    env: { CERBERUS_CAPTURE: 'light' },
  },
  'with-code': {
    title: '`withCerberus` in an `instrumentation.mjs`',
    set: 'start-up',
    options: ['--import', './instrumentation.mjs'],
  },
};
