// Files that the URL of a database names, such as that of an authority. No database is asked.

import { join } from 'node:path';

import { expect } from 'chai';

import { openPostgresStore } from '../../../dist/postgres.js';
import { removeTempFolders, tempFolder } from '../../support/temp-folder.js';

const SECRETS = { token: 'named-files', secretKey: 'named-files' };

describe('a file that the URL of a database names', () => {
  afterEach(removeTempFolders);

  async function failureOf(url: string): Promise<{ code?: string; message: string }> {
    return openPostgresStore(url, SECRETS).then(
      () => expect.fail('it was opened'),
      (error) => error,
    );
  }

  it('is a wrong option where it cannot be read, which names it, whichever host would be asked', async () => {
    const missing = join(tempFolder(), 'missing.pem');
    for (const parameter of ['sslrootcert', 'sslcert', 'sslkey']) {
      const { code, message } = await failureOf(
        `postgres://u:secret@127.0.0.1:1,db/x?${parameter}=${missing}`,
      );
      expect([code, message], parameter).to.deep.equal([
        'INVALID_OPTION',
        `\`store\` (CERBERUS_SERVER_STORE) names a file that cannot be read: ENOENT, ${missing}`,
      ]);
    }
    const folder = await failureOf(`postgres://u:secret@127.0.0.1:1/x?sslrootcert=${tempFolder()}`);
    expect(folder).to.include({ code: 'INVALID_OPTION' });
    expect(folder.message).to.contain('EISDIR');
  });

  it('is not blamed for what else the driver minds', async () => {
    for (const url of [
      'postgres://[1:2]/x',
      'postgres://127.0.0.1:1/x?sslmode=verify-ca&uselibpqcompat=true',
    ])
      expect(await failureOf(url), url).to.include({ code: 'DB_UNAVAILABLE' });
  });
});
