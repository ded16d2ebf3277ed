// The first connection loads `ws`. Where that fails, because the process has too many files open just then, a later one succeeds.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { SPAN_SOURCE } from '../support/child.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
const LOADED = {
  'an ES module': "const { CerberusWsExporter } = await import('@cerberus-otel/exporter-ws');",
  CommonJS:
    "const { CerberusWsExporter } = createRequire(process.cwd() + '/x.js')('@cerberus-otel/exporter-ws');",
};

describe('F37 too many open files at the first connection', () => {
  for (const [kind, load] of Object.entries(LOADED)) {
    it(`costs no event once there are fewer, from ${kind}`, async () => {
      const backend = new BatchBackend();
      const server = await ScriptedServer.start(backend.script());
      const script = `
        import { closeSync, openSync } from 'node:fs';
        import { createRequire } from 'node:module';
        ${load}
        ${SPAN_SOURCE}
        const e = new CerberusWsExporter({
          wsUrl: '${server.url}', token: 't', clientId: 'c', initialBackoffMillis: 20, maxBackoffMillis: 20,
        });
        const open = [];
        try { for (;;) open.push(openSync('/dev/null', 'r')); } catch {}
        e.export(spans(3), () => {});
        const holding = setInterval(() => {
          if (e.stats().lastFailure === null) return;
          clearInterval(holding);
          open.forEach(closeSync);
          e.forceFlush().then(() => console.log(e.stats().acked));
        }, 5);`;
      const { stdout } = await promisify(execFile)(
        'sh',
        ['-c', 'ulimit -n 200 && exec "$0" --input-type=module -e "$1"', process.execPath, script],
        { cwd, timeout: 30_000 },
      );
      expect(stdout.trim()).to.equal('3');
      expect(backend.stored).to.have.length(3);
    });
  }
});
