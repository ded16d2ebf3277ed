import * as Sentry from 'sentry-node-10';

Sentry.init({ tracesSampleRate: Number(process.env.TRACES_SAMPLE_RATE ?? 1) });
globalThis.finishOther = () => Sentry.flush(2000);
