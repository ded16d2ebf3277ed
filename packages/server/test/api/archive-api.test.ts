import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { Archive } from '../../dist/store/archive.js';
import { askerOf } from '../../dist/store/asker.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

/** Makes copies for as long as somebody waits for them. */
class Copying extends MemoryStore {
  made = 0;
  given = 0;
  readonly folder = tempFolder();

  override readonly archive = {
    newFolder: async () => {
      const folder = join(this.folder, String((this.made += 1)));
      mkdirSync(folder);
      return folder;
    },
    export: () => this.#copy(),
    backup: () => this.#copy(),
  } as unknown as MemoryStore['archive'] & Archive;

  async #copy(): Promise<void> {
    const gone = askerOf();
    if (gone === undefined) throw new Error('it is made for nobody');
    await once(gone, 'abort');
    this.given += 1;
    throw new Error('nobody waits');
  }
}

describe('export and backup over HTTP', () => {
  for (const path of ['/api/export', '/api/backup'])
    it(`S3 ${path} is given up when whoever asked for it has left`, async () => {
      const store = new Copying();
      const running = await server({ store });
      const leaving = new AbortController();
      const answer = fetch(`${running.url}${path}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
        signal: leaving.signal,
      }).catch((error: unknown) => (error as Error).name);
      await until('it is begun', () => store.made === 1);
      leaving.abort();
      expect(await within('the end of the question', answer)).to.equal('AbortError');
      await until('it is given up', () => store.given === 1);
    });
});
