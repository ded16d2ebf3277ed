import { describeAnalytics } from '../../support/analytics-contract.js';
import { usePostgres } from '../../support/postgres.js';
import { openStore } from '../../support/postgres-store.js';
import { describeStore } from '../../support/store-contract.js';

describe('PostgresStore', () => {
  const newDatabase = usePostgres();
  describeStore('PostgresStore', async () => openStore(await newDatabase()));
  describeAnalytics('PostgresStore', async () => openStore(await newDatabase()));
});
