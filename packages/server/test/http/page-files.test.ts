import { expect } from 'chai';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { createPageReply } from '../../dist/http/page-files.js';
import { sendReply } from '../../dist/http/response.js';
import type { CerberusServer } from '../../dist/server.js';
import { server, stopServers } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

const FOLDER = fileURLToPath(new URL('../../dist/page', import.meta.url));
const MAX_FIRST_LOAD_BYTES = 150_000;

describe('the files of the page', () => {
  let running: CerberusServer;

  before(async () => {
    running = await server();
  });

  after(stopServers);

  it('are served to everybody, the document under a policy that lets nothing else in', async () => {
    const response = await fetch(`${running.url}/`);
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal(readFileSync(join(FOLDER, 'index.html'), 'utf8'));
    expect(Object.fromEntries(response.headers)).to.include({
      'content-type': 'text/html;charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache',
    });
  });

  it('are kept by browsers for as long as their names stay, compressed, and answered with 304', async () => {
    const script = readdirSync(join(FOLDER, 'assets')).find((name) => name.endsWith('.js')) ?? '';
    const url = `${running.url}/assets/${script}`;
    const response = await fetch(url);
    expect(response.headers.get('cache-control')).to.equal('public,max-age=31536000,immutable');
    expect(response.headers.get('content-encoding')).to.equal('gzip');
    expect(await response.text()).to.equal(readFileSync(join(FOLDER, 'assets', script), 'utf8'));
    const etag = response.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).to.equal(304);
    expect((await fetch(url, { method: 'HEAD' })).status).to.equal(200);
  });

  it('have a document that is sent again only when it is another one', async () => {
    const first = await fetch(`${running.url}/`);
    const tag = first.headers.get('etag') ?? '';
    for (const known of [tag, `"other", ${tag}`]) {
      const again = await fetch(`${running.url}/?range=7d`, { headers: { 'if-none-match': known } });
      expect([again.status, await again.text()]).to.deep.equal([304, '']);
      expect(again.headers.get('etag')).to.equal(tag);
      expect(again.headers.get('content-security-policy')).to.equal(
        first.headers.get('content-security-policy'),
      );
    }
    const other = await fetch(`${running.url}/`, { headers: { 'if-none-match': '"other"' } });
    expect(await other.text()).to.equal(await first.text());
    expect(
      (await fetch(`${running.url}/favicon.svg`, { headers: { 'if-none-match': tag } })).status,
    ).to.equal(200);
  });

  it('are those of this version also where all versions have one size and time, as in images that are built reproducibly', async () => {
    const pages = ['a', 'b'].map((version) => {
      const folder = tempFolder();
      const file = join(folder, 'index.html');
      writeFileSync(file, `<script src="./assets/${version}.js"></script>`);
      utimesSync(file, 1, 1);
      return createPageReply(folder);
    });
    let current = pages[0];
    const upgraded = createServer((request, response) => {
      const reply = current?.(request);
      if (reply !== undefined) sendReply(response, reply);
    });
    await new Promise<void>((resolve) => upgraded.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(upgraded.address() as AddressInfo).port}/`;
    const before = await fetch(url);
    current = pages[1];
    // What sirv gave out before, too.
    for (const tag of [before.headers.get('etag') ?? '', 'W/"37-1000"']) {
      const after = await fetch(url, { headers: { 'if-none-match': tag } });
      expect(await after.text()).to.include('b.js');
      expect(after.headers.get('etag')).to.not.equal(before.headers.get('etag'));
    }
    upgraded.close();
    upgraded.closeAllConnections();
  });

  it('are sent on a connection that waits longer than balancers let one idle', async () => {
    const { headers } = await new Promise<IncomingMessage>((resolve, reject) => {
      const agent = new Agent({ keepAlive: true });
      get(`${running.url}/livez`, { agent }, (answer) => {
        answer.resume().once('end', () => agent.destroy());
        resolve(answer);
      }).once('error', reject);
    });
    expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).to.be.greaterThan(60);
  });

  it('are no more than 150 kB compressed, all together', () => {
    const sizes = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.gz'))
      .map((entry) => gzipSync(readFileSync(join(entry.parentPath, entry.name))).length);
    expect(sizes.length).to.be.greaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.lessThan(MAX_FIRST_LOAD_BYTES);
  });

  it('name no other host', () => {
    for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
      if (!/\.(?:html|css|js)$/.test(entry.name)) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      const urls = [...text.matchAll(/(?:https?:)?\/\/[\w-]+\.[a-z]{2,}[^\s"'`]*/g)].map(([url]) => url);
      // Names of XML's vocabularies, which nobody fetches.
      expect(
        urls.filter((url) => !url.startsWith('http://www.w3.org/')),
        entry.name,
      ).to.deep.equal([]);
    }
  });

  it('are not reached around: other paths answer 404, other methods too', async () => {
    for (const path of [
      '/index.js',
      '/assets',
      '/assets/',
      '/assets/../../cli.js',
      '/assets/%2e%2e/%2e%2e/cli.js',
    ]) {
      expect((await fetch(`${running.url}${path}`)).status, path).to.equal(404);
    }
    expect((await fetch(`${running.url}/`, { method: 'POST' })).status).to.equal(404);
  });
});
