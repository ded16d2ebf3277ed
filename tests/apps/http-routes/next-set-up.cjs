// Required before Next.js: sets up OpenTelemetry, and answers each message with the SERVER spans since the one before.
'use strict';
const { instrumentation, recorder, start } = require('../http-server/recorder.cjs');

const SERVER = 1;

start(instrumentation());
process.on('message', () => {
  const settled = () => {
    if (recorder.open > 0) return setTimeout(settled, 1);
    const servers = recorder.take([]).filter(({ kind }) => kind === SERVER);
    return process.send(servers.map(({ name, attributes }) => ({ name, route: attributes['http.route'] })));
  };
  settled();
});
