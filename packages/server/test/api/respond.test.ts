import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect } from 'chai';

import { respond } from '../../dist/api/respond.js';

describe('a request that fails', () => {
  let http: Server;
  let fail: () => Promise<never>;
  const logged: string[] = [];

  async function ask(method: string): Promise<readonly [number, unknown]> {
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const answer = await fetch(url, { method, ...(method === 'POST' && { body: '{}' }) });
    return [answer.status, await answer.json()];
  }

  beforeEach(async () => {
    logged.length = 0;
    http = createServer((request, response) =>
      respond(
        request,
        response,
        async (message) => {
          await text(message);
          return fail();
        },
        (level, message) => logged.push(`${level}: ${message}`),
      ),
    );
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });

  afterEach((done) => {
    http.closeAllConnections();
    http.close(done);
  });

  for (const method of ['GET', 'POST']) {
    it(`is 500 and in the log, also after the body of a ${method} was read`, async () => {
      fail = () => Promise.reject(new Error('a bug'));
      expect(await ask(method)).to.deep.equal([500, { error: 'internal error' }]);
      expect(logged).to.deep.equal(['error: request failed: "a bug"']);
    });
  }

  it('is 503 where the disk is full, says so to who asked, and is in the log', async () => {
    fail = async () => {
      await writeFile('/dev/full', 'x');
      throw new Error('it was written');
    };
    const error = 'there is no room left on the disk of the server';
    expect(await ask('POST')).to.deep.equal([503, { error }]);
    expect(logged).to.have.length(1);
    expect(logged[0]).to.contain('ENOSPC');
    fail = () => Promise.reject(new Error('IO Error: Could not write file "x": No space left on device'));
    expect(await ask('GET')).to.deep.equal([503, { error }]);
  });
});
