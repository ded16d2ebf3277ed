import { join } from 'node:path';

import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { describeAnalytics } from '../support/contracts/analytics.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

after(removeTempFolders);

describeAnalytics('MemoryStore', () => Promise.resolve(new MemoryStore()));
describeAnalytics('DuckDbStore', () =>
  DuckDbStore.open(join(tempFolder(), 'test.duckdb'), { memoryLimit: '256MB', threads: 1 }),
);
