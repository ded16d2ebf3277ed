// A server whose listening socket the parent has made and left it as file descriptor 3, as systemd does. It ends after one request.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { listensOnUnixSocket } from '../../dist/esm/capture/unix-listeners.js';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { startTracing } from '../support/tracing.js';
import { report } from './report.js';

const exporter = new RecordingExporter();
const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k', trustProxy: 1 });
const tracing = startTracing({ processors: [processor] });
const server = createServer((_request, response) => {
  response.end();
  server.close();
});
server.listen({ fd: 3 });
await once(server, 'listening');
process.stdout.write('listening\n');
const unix = [listensOnUnixSocket(server)];
await once(server, 'close');
unix.push(listensOnUnixSocket(server));
await exporter.request();
await tracing.stop();
report({ unix, sources: exporter.requests.map((request) => request['cerberus.source_ip'] ?? null) });
