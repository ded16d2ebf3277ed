// The Express application with its mouth wide open: on stderr it says everything that `diag` says at its lowest level
// (APP_DIAG), what Cerberus wrote on each span, and what `inspect` and JSON show of whatever Cerberus made.
// APP_SABOTAGE makes hooks fail with an error that holds an address.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { inspect } from 'node:util';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { CerberusSpanProcessor } from '@cerberus-otel/instrumentation';

const say = (...parts) =>
  process.stderr.write(
    `${parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: null }))).join(' ')}\n`,
  );

/** As it is printed, and as it is sent somewhere. */
function show(what, value) {
  say('INSPECT', what, inspect(value, { depth: 8, showHidden: true, maxStringLength: null }));
  try {
    say('JSON', what, JSON.stringify(value) ?? '');
  } catch (error) {
    say('JSON', what, String(error));
  }
}

if (process.env.APP_DIAG === 'true') {
  const logger = { error: say, warn: say, info: say, debug: say, verbose: say };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL });
}

for (const hook of ['onStart', 'onEnding', 'onEnd']) {
  const original = CerberusSpanProcessor.prototype[hook];
  CerberusSpanProcessor.prototype[hook] = function observed(span, ...others) {
    const before = { ...span.attributes };
    original.call(this, span, ...others);
    const written = Object.entries(span.attributes).filter(([name, value]) => before[name] !== value);
    if (written.length > 0) say('WRITTEN', JSON.stringify(written));
    for (const symbol of Object.getOwnPropertySymbols(span)) show('RECORD', span[symbol]);
  };
}
const { export: send } = CerberusWsExporter.prototype;
CerberusWsExporter.prototype.export = function observed(spans, done) {
  return send.call(this, spans, (result) => {
    if (result.error !== undefined) show('RESULT', result.error);
    done(result);
  });
};

if (process.env.APP_SABOTAGE === 'true') {
  crypto.createHmac = () => {
    throw new Error('no hash for 203.0.113.77 with canary-secret-key-of-32-bytes-and-more');
  };
  syncBuiltinESMExports();
}

process.stdin.once('data', () => {
  for (const one of Object.values(made)) {
    one?.forceFlush?.().catch((error) => show('REJECTION', error));
    if (one?.stats !== undefined) show('STATS', one.stats());
  }
});
process.on('exit', () => show('MADE', made));

const { made } = await import(`./${process.env.APP_SETUP}.mjs`);
await import('./express-app.mjs');
