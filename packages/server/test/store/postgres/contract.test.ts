import { describeAnalytics } from '../../support/analytics-contract.js';
import { openStore, usePreparedPostgres } from '../../support/postgres-store.js';
import { describeStore } from '../../support/store-contract.js';

describe('PostgresStore', () => {
  const newDatabase = usePreparedPostgres();
  describeStore('PostgresStore', async () => openStore(await newDatabase()));
  describeAnalytics('PostgresStore', async () => openStore(await newDatabase()));
});
