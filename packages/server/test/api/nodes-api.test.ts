import { hostname } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { startServer, type CerberusServer } from '../../dist/index.js';
import { VERSION } from '../../dist/observe/version.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { wireEvent } from '../support/events/events.js';
import { SECRETS, usePreparedPostgres } from '../support/databases/postgres-store.js';
import { call, server, stopServers } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

type Json = Record<string, unknown>;

const NONE = { version: VERSION, nodes: [], total: 0, aggregates_behind_millis: null };

describe('the list of servers', () => {
  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  for (const [name, db] of [
    ['a file', 'x.duckdb'],
    ['memory', ':memory:'],
  ] as const) {
    it(`is empty where one server has its database for itself: ${name}`, async () => {
      const running = await server({ db: db === ':memory:' ? db : join(tempFolder(), db) });
      expect(await call(`${running.url}/api/nodes`)).to.deep.include({ status: 200, body: NONE });
    });
  }

  it('has a limit, from 1 to 1,000', async () => {
    const running = await server({ db: ':memory:' });
    const { status, body } = await call(`${running.url}/api/nodes?limit=0`);
    expect([status, body['error']]).to.deep.equal([400, '`limit` must be an integer from 1 to 1000']);
  });

  describe('of a PostgreSQL database', function () {
    this.timeout(60_000);
    const preparedDatabase = usePreparedPostgres();

    it('has all of them, each with what it does, at each of them', async () => {
      const store = await preparedDatabase();
      const start = async (): Promise<CerberusServer> => {
        const running = await startServer({ store, port: 0, ...SECRETS });
        afterTest(() => running.close());
        return running;
      };
      const [one, other] = [await start(), await start()];
      const client = await WsClient.batch(other.wsUrl, SECRETS.token, 'producer-1');
      client.frame(1, wireEvent(), wireEvent());
      await client.next();
      const nameOf = ({ port }: CerberusServer): string => `${hostname()}:${port}`;
      const ask = async (running: CerberusServer): Promise<Json> => {
        const headers = { authorization: `Bearer ${SECRETS.token}` };
        const response = await fetch(`${running.url}/api/nodes`, { headers });
        expect(response.status).to.equal(200);
        return (await response.json()) as Json;
      };
      const listedAt = async (running: CerberusServer, of: CerberusServer): Promise<Json | undefined> =>
        ((await ask(running))['nodes'] as Json[]).find(({ name }) => name === nameOf(of));
      await until(
        'the events of the other one are told of',
        async () =>
          (await listedAt(one, other))?.['events'] === 2 && (await listedAt(one, one)) !== undefined,
        30_000,
      );
      const told = { version: VERSION, state: 'ready', unready: null };
      expect(await listedAt(one, other)).to.include({ ...told, this: false, connections: 1 });
      expect(await listedAt(other, one)).to.include({ ...told, this: false, connections: 0, events: 0 });
      expect(await listedAt(other, other)).to.include({ ...told, this: true });
      for (const member of ['since', 'last_seen'])
        expect((await listedAt(one, other))?.[member]).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(await ask(one)).to.include({ version: VERSION, total: 2 });
      await client.close();
    });
  });
});
