import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { runAdministration, type Ran } from '../support/processes/administration-command.js';
import { spawnServer } from '../support/processes/server-process.js';
import { server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { webhookServer } from '../support/alerts/webhook-server.js';

describe('cerberus-server alert', function () {
  this.timeout(60_000);

  it('says what is wrong: with a file, with a destination that takes nothing, and where no server runs', async () => {
    const folder = tempFolder();
    const db = join(folder, 'x.duckdb');
    const run = (...args: string[]): Promise<Ran> => runAdministration('alert', folder, db, args);
    const alerts = join(folder, 'alerts.json');
    const hook = await webhookServer();
    hook.status = 404;
    const destination = { id: 'chat', kind: 'slack', name: 'chat', url: `${hook.url}/secret-path` };
    writeFileSync(alerts, JSON.stringify({ destinations: [destination] }));
    const { url } = await server({ alerts });
    const at = ['--url', url, '--token', TOKEN];
    const tested = await run('test', 'file-chat', ...at);
    expect(tested).to.include({
      code: 1,
      stderr: 'cerberus-server alert test: it was not taken: status 404\n',
    });
    const listed = await run('list', ...at);
    expect(listed.stdout).to.include('file-chat').and.not.to.include('secret-path');
    const alone = await run('list');
    expect(alone).to.include({
      code: 1,
      stderr: 'cerberus-server alert list: no server answers: start it first\n',
    });
    writeFileSync(alerts, JSON.stringify({ rules: [{ id: 'a', name: 'a', measure: 'luck' }] }));
    const checked = spawnServer(['alert', 'check', alerts]);
    expect((await checked.ended).code).to.equal(1);
    expect(checked.output().stderr).to.include('alerts.json: rule `a`: `measure` must be one of');
  });
});
