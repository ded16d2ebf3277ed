import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import { keptFirst, respond } from '../../dist/api/respond.js';
import { CerberusServerError, messageOf } from '../../dist/errors.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

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
    it(`is 500 and in the log with its place and not its text, also after the body of a ${method} was read`, async () => {
      fail = () => Promise.reject(new TypeError('198.51.100.7 is not iterable'));
      expect(await ask(method)).to.deep.equal([500, { error: 'internal error' }]);
      expect(logged).to.have.length(1);
      expect(logged[0]).to.match(/^error: request failed: TypeError at respond\.test\.(?:js|ts):\d+$/);
    });
  }

  it('is 503 where the database is away, without saying where it was', async () => {
    fail = () =>
      Promise.reject(
        new CerberusServerError('DB_UNAVAILABLE', 'no database at db1:5432/cerberus: ECONNREFUSED'),
      );
    expect(await ask('GET')).to.deep.equal([503, { error: 'the database cannot be reached' }]);
    expect(logged).to.deep.equal([]);
  });

  it('is none where events were stored and what is known of tokens could not be kept', async () => {
    const dispatch = keptFirst(
      () => Promise.resolve({ status: 200, body: {} }),
      () => Promise.reject(new Error('not kept')),
    );
    const asked = (method: string, url: string): Promise<unknown> =>
      dispatch({ method, url } as IncomingMessage).catch((error: unknown) => messageOf(error));
    for (const path of ['/v1/ingest/batch', '/v1/traces', '/api/alerts/preview'])
      expect(await asked('POST', path), path).to.include({ status: 200 });
    for (const path of ['/api/tokens', '/api/tokens?id=x', '/api/./shares', '/api/session'])
      expect(await asked('DELETE', path), path).to.equal('not kept');
  });

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

  it('is 503 where DuckDB has no memory left, says so to who asked, and is in the log', async () => {
    const instance = await DuckDBInstance.create(':memory:', { memory_limit: '8MB', threads: '1' });
    const connection = await instance.connect();
    afterTest(() => {
      connection.closeSync();
      instance.closeSync();
    });
    fail = async () => {
      await connection.run('SELECT list(i) FROM range(10_000_000) AS r(i)');
      throw new Error('it had enough');
    };
    const error = 'this takes more memory than the server may use';
    expect(await ask('GET')).to.deep.equal([503, { error }]);
    expect(logged).to.have.length(1);
    expect(logged[0]).to.contain('Out of Memory Error');
  });
});
