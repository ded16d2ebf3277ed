// How a request without an SDK is said to have ended when its handler, or its response, fails.
import { expect } from 'chai';
import { listen, send, type TestServer } from '../support/http-server.js';
import { alone } from '../support/alone.js';

/** In the place of `uncaughtException`, which is mocha's here. */
function catchErrors({ server }: TestServer): void {
  const emit = server.emit.bind(server) as (...all: unknown[]) => boolean;
  server.emit = (...all: unknown[]): boolean => {
    try {
      return emit(...all);
    } catch {
      return true;
    }
  };
}

describe('a request without an SDK', () => {
  it('whose handler throws is an error of that class, and not one whose client has hung up', async () => {
    const exporter = alone();
    const app = await listen((request, response) => {
      setTimeout(() => response.end(), 10);
      if (request.url === '/throws') throw new RangeError('on purpose');
    });
    await send(app.port);
    catchErrors(app);
    await send(app.port, { target: '/throws' });
    expect(await exporter.request(1)).to.include({
      'cerberus.endpoint': '/throws',
      'cerberus.outcome': 'error',
      'error.type': 'RangeError',
    });
  });

  it('whose response emits an error before it is written is an error', async () => {
    const exporter = alone();
    const app = await listen((_request, response) => {
      response.once('error', () => setTimeout(() => response.end(), 10));
      response.emit('error', new TypeError('on purpose'));
    });
    await send(app.port);
    expect(await exporter.request()).to.include({ 'cerberus.outcome': 'error', 'error.type': 'TypeError' });
  });
});
