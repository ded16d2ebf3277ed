import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { listeningOnDemand } from '../dist/application/request-listener.js';

describe('listening on demand', () => {
  let server: Server;
  let heard = 0;
  const hear = (): void => void (heard += 1);

  beforeEach(async () => {
    heard = 0;
    server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  async function request(): Promise<void> {
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  }

  it('hears of requests while it is let, and of none before and after', async () => {
    const { made, listen, ignore } = listeningOnDemand(() => {
      subscribe('http.server.request.start', hear);
      return 'made';
    });
    expect(made).to.equal('made');
    await request();
    expect(heard).to.equal(0);
    listen();
    await request();
    ignore();
    await request();
    expect(heard).to.equal(1);
  });

  it('is over when the thing is made', async () => {
    listeningOnDemand(() => undefined);
    subscribe('http.server.request.start', hear);
    await request();
    unsubscribe('http.server.request.start', hear);
    expect(heard).to.equal(1);
  });
});
