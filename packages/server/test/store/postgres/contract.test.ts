import { describeAnalytics } from '../../support/contracts/analytics.js';
import { openStore, usePreparedPostgres } from '../../support/databases/postgres-store.js';
import { describeStore } from '../../support/contracts/store.js';

describe('PostgresStore', () => {
  const newDatabase = usePreparedPostgres();
  describeStore('PostgresStore', async () => openStore(await newDatabase()));
  describeAnalytics('PostgresStore', async () => openStore(await newDatabase()));
});
