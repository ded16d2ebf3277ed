// What docs/alerts.md says: its file is one, its command runs, its payload is what is sent, and its check finds out what is genuine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { expect } from 'chai';

import { readAlertFile } from '../../dist/alerts/alert-file.js';
import { GIVE_UP_MILLIS } from '../../dist/alerts/delivery/backoff.js';
import { send } from '../../dist/alerts/delivery/send.js';
import { PageLinks } from '../../dist/alerts/messages/page-links.js';
import { transitionPayload, type Payload } from '../../dist/alerts/messages/payload.js';
import { newSecret } from '../../dist/alerts/messages/signature.js';
import { parseRule } from '../../dist/alerts/rules/checks.js';
import { MAX_FIRING } from '../../dist/alerts/rules/evaluation.js';
import { GIVEN_UP_DAYS, KNOWN_DAYS } from '../../dist/alerts/rules/measure.js';
import { MEASURES } from '../../dist/alerts/rules/rule.js';
import { filterOfWords } from '../../dist/api/query/filter.js';
import { ROUTE_NEEDS } from '../../dist/api/route-needs.js';
import { ALERTS_DOCUMENT, codeBlocks, SERVER_DOCUMENT, tableRows } from '../support/document.js';
import { START } from '../support/events/events.js';
import { server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { webhookServer } from '../support/alerts/webhook-server.js';

type IsGenuine = (secret: string, headers: Readonly<Record<string, unknown>>, body: string) => boolean;

const LAUNCHER = fileURLToPath(new URL('../../bin/cerberus-server.mjs', import.meta.url));
const BLOCKS = codeBlocks(ALERTS_DOCUMENT);
const jsonWith = (member: string): unknown =>
  BLOCKS.filter(({ language }) => language === 'json')
    .map(({ text }) => JSON.parse(text) as object)
    .find((each) => member in each);

/** Names and types of a JSON value. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
}

describe('docs/alerts.md', function () {
  this.timeout(20_000);

  it('has a check of signatures that takes a message of the server, and none that was changed, is old or is of somebody else', async () => {
    const path = join(tempFolder(), 'check.mjs');
    writeFileSync(path, BLOCKS.find(({ language }) => language === 'js')?.text ?? '');
    const { isGenuine } = (await import(pathToFileURL(path).href)) as { isGenuine: IsGenuine };
    const hook = await webhookServer();
    const secret = newSecret();
    const destination = { kind: 'webhook', name: 'a', url: hook.url, secret } as const;
    const payload = jsonWith('type') as Payload;
    await send(destination, { id: 'message-1', payload }, new AbortController().signal);
    const [got] = hook.received;
    if (got === undefined) throw new Error('nothing came');
    const { headers, text } = got;
    expect(isGenuine(secret, headers, text)).to.equal(true);
    const both = { ...headers, 'webhook-signature': `v1,AAAA ${String(headers['webhook-signature'])}` };
    expect(isGenuine(secret, both, text)).to.equal(true);
    const late = String(Math.floor(Date.now() / 1000) - 301);
    for (const [otherSecret, otherHeaders, otherText] of [
      [newSecret(), headers, text],
      [secret, headers, text.replace('7.2', '0.2')],
      [secret, { ...headers, 'webhook-id': 'message-2' }, text],
      [secret, { ...headers, 'webhook-timestamp': late }, text],
      [secret, { ...headers, 'webhook-timestamp': undefined }, text],
      [secret, { ...headers, 'webhook-signature': undefined }, text],
    ] as const)
      expect(isGenuine(otherSecret, otherHeaders, otherText)).to.equal(false);
  });

  it('shows a message as it is sent', () => {
    const shown = jsonWith('type') as Payload;
    const filter = { client_id: 'shop' };
    const rule = parseRule({ name: 'Errors of shop', measure: 'error_rate', filter, above: 0.05 });
    if (typeof rule === 'string') throw new Error(rule);
    const until = START + 300_000;
    const transition = { subject: '', to: 'firing' as const, value: 0.072, since: until };
    const window = { since: START, until };
    const url = new PageLinks('https://cerberus.example').transition(rule, transition, window);
    const sent = transitionPayload('1', { id: '2', rule }, transition, window, url);
    expect(shapeOf(sent)).to.deep.equal(shapeOf(shown));
    expect(sent.data.text).to.equal(shown.data.text);
    expect(sent.data.url).to.equal(shown.data.url);
  });

  it('has a file that a server takes', () => {
    const path = join(tempFolder(), 'alerts.json');
    writeFileSync(path, JSON.stringify(jsonWith('rules')));
    const env = {
      OPS_SECRET: newSecret(),
      SLACK_URL: 'https://hooks.example/x',
      SMTP_URL: 'smtps://u:p@mail.example',
    };
    const file = readAlertFile(path, env, filterOfWords);
    expect(new Set([...file.rules.values()].map(({ measure }) => measure))).to.deep.equal(new Set(MEASURES));
    expect([...file.destinations.keys()]).to.deep.equal(['file-ops', 'file-team', 'file-mail']);
  });

  it('has commands that do what it says, in a folder with its file', async () => {
    const folder = tempFolder();
    const alerts = join(folder, 'alerts.json');
    const hook = await webhookServer();
    writeFileSync(alerts, JSON.stringify(jsonWith('rules')));
    const bin = join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'cerberus-server'), `#!/bin/sh\nexec '${process.execPath}' '${LAUNCHER}' "$@"\n`);
    chmodSync(join(bin, 'cerberus-server'), 0o755);
    const variables = { OPS_SECRET: newSecret(), SLACK_URL: hook.url, SMTP_URL: 'smtp://127.0.0.1' };
    Object.assign(process.env, variables);
    const { url } = await server({ alerts });
    const outputs: string[] = [];
    for (const { text } of BLOCKS.filter(({ language }) => language === 'sh')) {
      const shell = spawn('sh', ['-ec', text.replaceAll('http://127.0.0.1:8765', url)], {
        cwd: folder,
        env: { ...process.env, TOKEN },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [shell.stdout, shell.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      await once(shell, 'close');
      expect(shell.exitCode, text + output).to.equal(0);
      outputs.push(output);
    }
    for (const name of Object.keys(variables)) delete process.env[name];
    const [checked = '', previewed = '', asked = ''] = outputs;
    expect(checked).to.include('alerts.json has 7 rules and 3 destinations');
    expect(JSON.parse(previewed)).to.deep.equal(jsonWith('readings'));
    expect(asked).to.match(/^file-errors +Errors of shop +error_rate +quiet$/m);
    expect(asked).to.match(/^file-team +#backend +slack +http:\/\/127/m);
    expect(asked).to.include('file-team has taken it');
    expect(hook.received).to.have.length(1);
  });

  it('has each measure, each endpoint and each metric, and the numbers of the code', () => {
    const rows = tableRows(ALERTS_DOCUMENT).map(([name = '']) => name);
    expect(rows).to.include.members([...MEASURES]);
    const routes = Object.keys(ROUTE_NEEDS).filter((name) => name.includes('/api/alerts'));
    expect(rows.map((row) => row.replace('?id=…', ''))).to.include.members(routes);
    const metrics = tableRows(SERVER_DOCUMENT).map(([name = '']) => name);
    expect(rows).to.include.members(metrics.filter((name) => name.startsWith('cerberus_server_alert')));
    expect(ALERTS_DOCUMENT).to.include(`at most ${MAX_FIRING} of a rule`);
    expect(ALERTS_DOCUMENT).to.include(`silent for ${GIVEN_UP_DAYS} days`);
    expect(ALERTS_DOCUMENT).to.include(`in the ${KNOWN_DAYS} days before`);
    expect(GIVE_UP_MILLIS).to.equal(3 * 86_400_000);
  });
});
