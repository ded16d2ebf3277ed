// Real failures of real connections: which code Node.js has for each is not for a test to make up.
import { expect } from 'chai';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { generate } from 'selfsigned';
import { CerberusWsExporter } from '../../dist/esm/index.js';
import { describe as describeEnd } from '../../dist/esm/transport/disconnect-policy.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { serverSpan } from '../support/spans.js';

async function listening(server: Server): Promise<string> {
  server.listen(0, 'localhost');
  await once(server, 'listening');
  server.on('connection', (socket) => afterTest(() => void socket.destroy()));
  afterTest(() => void server.close());
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** What the exporter says of a connection that cannot be. */
async function failure(wsUrl: string): Promise<string | null> {
  const exporter = new CerberusWsExporter(
    { wsUrl, token: 't', clientId: 'c', shutdownTimeoutMillis: 1 },
    { env: { CERBERUS_WARNINGS: 'false' } },
  );
  afterTest(() => exporter.shutdown());
  exporter.export([serverSpan()], () => undefined);
  await until('it waits', () => ['backoff', 'suspended'].includes(exporter.stats().state));
  await until('it has failed', () => exporter.stats().lastFailure !== null);
  const { lastFailure } = exporter.stats();
  await exporter.shutdown();
  return lastFailure;
}

describe('hints', () => {
  it('tell what may be wrong from the end of a connection', async () => {
    const statuses = [401, 403, 404, 200, 503, 426, 400];
    const web = await listening(
      createHttpServer(({ url = '' }, response) => response.writeHead(Number(url.slice(1))).end()),
    );
    const said = await Promise.all(statuses.map(async (status) => failure(`ws://${web}/${status}`)));
    expect(said[0]).to.match(/status 401: it does not know the token \(CERBERUS_TOKEN\)$/);
    expect(said[1]).to.match(/status 403: the token \(CERBERUS_TOKEN\) is not for this$/);
    for (const text of said.slice(2, 4)) expect(text).to.match(/`wsUrl` .*\/ws\/events$/);
    expect(said[4]).to.match(/status 503$/);
    expect(said[5]).to.match(/status 426: .* proxy .* Upgrade and Connection$/);
    expect(said[6]).to.match(/status 400$/);
    expect(await failure(`wss://${web}/`)).to.match(/ may speak no TLS$/);
  });

  it('tell it of what is no HTTP, of nobody, and of a certificate', async () => {
    const ssh = await listening(
      createServer((socket) => void socket.on('error', () => undefined).end('SSH-2.0-x\r\n')),
    );
    expect(await failure(`ws://${ssh}/`)).to.match(/ speaks no HTTP$/);
    const gone = createServer();
    const nobody = await listening(gone);
    gone.close();
    await once(gone, 'close');
    expect(await failure(`ws://${nobody}/`)).to.match(/ECONNREFUSED: nothing listens there$/);
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
    const tls = await listening(createHttpsServer({ cert, key }));
    expect(await failure(`wss://${tls}/`)).to.match(/SELF_SIGNED_CERT: .*`tlsCa` \(CERBERUS_TLS_CA\)/);
  });

  it('tell it of the close codes by which a token is refused', () => {
    for (const code of [1008, 4401, 4403])
      expect(describeEnd({ kind: 'closed', code }), String(code)).to.include('CERBERUS_TOKEN');
    expect(describeEnd({ kind: 'closed', code: 1011 })).to.match(/code 1011$/);
  });
});
