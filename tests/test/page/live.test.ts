// Requests appear on the page as they are stored.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage } from '../support/browser.js';
import { frozenLine } from '../support/frozen-line.js';
import { describeOnEachStore } from '../support/each-store.js';
import { store } from '../support/stored-traffic.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';

type Drawing = typeof globalThis & { draw: () => void };

/** Runs in the page: no frame is drawn until `draw` is called, as in a tab that is not in sight. */
function drawLater(): void {
  const waiting: FrameRequestCallback[] = [];
  globalThis.requestAnimationFrame = (callback) => waiting.push(callback);
  (globalThis as Drawing).draw = () => {
    for (const callback of waiting.splice(0)) callback(0);
  };
}

describeOnEachStore('the live view', (emptyStore) => {
  let server: CerberusServer;

  beforeEach(async () => {
    server = await startServer({
      port: 0,
      host: '127.0.0.1',
      ...(await emptyStore()),
      signIn: false,
      traceUrlTemplate: 'https://traces.example/{trace_id}',
    });
  });

  afterEach(() => server.close());

  /** The server ends, and another one, which has nothing yet, is in its place. */
  async function loseServer(page: Page): Promise<void> {
    const { port } = server;
    await server.close();
    await page.getByText('Not connected').waitFor();
    server = await startServer({ port, host: '127.0.0.1', ...(await emptyStore()), signIn: false });
  }

  it('shows what was stored before and what is stored now', async () => {
    await store(server, { endpoint: '/before' });
    const { page, problems } = await openPage(server, '?view=live');
    await page.locator('.pulse.on').waitFor();
    await page.locator('tr', { hasText: '/before' }).waitFor();
    await store(server, { endpoint: '/now', status_code: 404 });
    // A hundred times what it takes, in case the machine is busy.
    await page.locator('tr', { hasText: '/now' }).waitFor({ timeout: 5000 });
    expect(await page.locator('tbody tr').allInnerTexts()).to.have.length(2);
    expect(problems).to.deep.equal([]);
  });

  it('goes on where the connection is dead, and looks open', async () => {
    await server.close();
    server = await startServer({
      port: 0,
      host: '127.0.0.1',
      ...(await emptyStore()),
      signIn: false,
      pingIntervalMillis: 500,
    });
    await store(server, { endpoint: '/before' });
    const line = await frozenLine(server.url);
    try {
      const { page, problems } = await openPage({ ...server, url: line.url }, '?view=live');
      await page.locator('.pulse.on').waitFor();
      const row = page.getByRole('button', { name: 'GET /before' });
      await row.press('Enter');
      const streams: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/api/live')) streams.push(request.url());
      });
      // Longer than it would wait for a sign of life, which comes.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
      expect(streams, 'of a line on which nothing happens').to.deep.equal([]);
      line.freeze('/api/live');
      await until('it asks again', () => streams.length > 0);
      await page.locator('.pulse.on').waitFor();
      await store(server, { endpoint: '/after' });
      await page.locator('tr', { hasText: '/after' }).waitFor();
      expect(await page.locator('.details').count(), 'what is open').to.equal(1);
      expect(await row.evaluate((button) => button === document.activeElement), 'the focus').to.equal(true);
      expect(problems).to.deep.equal([]);
    } finally {
      line.close();
    }
  });

  it('looks for words as one types, and keeps them in the address', async () => {
    await store(
      server,
      { endpoint: '/a', status_code: 503 },
      { endpoint: '/b', custom_data: { plan: 'Pro' } },
    );
    const { page } = await openPage(server, '?view=live');
    await page.locator('tr', { hasText: '/b' }).waitFor();
    const rows = page.locator('tbody .row');
    for (const [words, shown] of [
      ['5xx', ['GET /a']],
      ['pro plan', ['GET /b']],
      ['GET', ['GET /b', 'GET /a']],
      ['nothing like it', []],
    ] as const) {
      await page.getByRole('searchbox').fill(words);
      await until(`only ${words} is shown`, async () => {
        const texts = await rows.allInnerTexts();
        return JSON.stringify(texts.toSorted()) === JSON.stringify([...shown].toSorted());
      });
    }
    expect(new URL(page.url()).searchParams.get('words')).to.equal('nothing like it');
    await page.reload();
    await page.getByText('No request has these words.').waitFor();
  });

  it('stands still while it is paused, and then shows what it kept', async () => {
    const { page } = await openPage(server, '?view=live');
    await page.locator('.pulse.on').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await store(server, { endpoint: '/while-paused' });
    await page.getByRole('button', { name: 'Go on (1 new)' }).waitFor();
    expect(await page.locator('tr', { hasText: '/while-paused' }).count()).to.equal(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('tr', { hasText: '/while-paused' }).waitFor();
  });

  it('counts what came while it was paused and nobody looked, and is not kept', async () => {
    const { page } = await openPage(server, '?view=live');
    const network = await page.context().newCDPSession(page);
    let arrived = 0;
    network.on('Network.eventSourceMessageReceived', ({ eventName }) => {
      if (eventName === 'request') arrived += 1;
    });
    await network.send('Network.enable');
    await page.reload();
    await page.locator('.pulse.on').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.evaluate(drawLater);
    // More in a second the server would not send.
    for (const total of [300, 600]) {
      await store(server, ...Array.from({ length: 300 }, (_, n) => ({ endpoint: `/hidden/${n}` })));
      await until('all have arrived', () => arrived === total);
      await pause(1500);
    }
    await page.evaluate(() => (globalThis as Drawing).draw());
    await page.getByText('100 more were stored than can be shown here.').waitFor();
    await page.getByRole('button', { name: 'Go on (500 new)' }).waitFor();
  });

  it('stands still while it is paused also over a connection that was lost', async () => {
    await store(server, { endpoint: '/before' });
    const { page } = await openPage(server, '?view=live');
    await page.locator('.pulse.on').waitFor();
    await page.locator('tr', { hasText: '/before' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await loseServer(page);
    await store(server, { endpoint: '/meanwhile' });
    await page.getByRole('button', { name: 'Go on (1 new)' }).waitFor({ timeout: 20_000 });
    expect(await page.locator('tr', { hasText: '/before' }).count()).to.equal(1);
    expect(await page.locator('tr', { hasText: '/meanwhile' }).count()).to.equal(0);
  });

  it('opens the whole event with the keyboard, and links its trace', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await store(server, { endpoint: '/traced', trace_id: trace, custom_data: { items: 3 } });
    const { page } = await openPage(server, '?view=live');
    const row = page.getByRole('button', { name: 'GET /traced' });
    await row.focus();
    await page.keyboard.press('Enter');
    const event = JSON.parse(await page.locator('.details pre').innerText()) as Record<string, unknown>;
    expect(event).to.deep.include({ endpoint: '/traced', trace_id: trace, custom_data: { items: 3 } });
    const link = page.getByRole('link', { name: trace });
    expect(await link.getAttribute('href')).to.equal(`https://traces.example/${trace}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy trace_id' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).to.equal(trace);
  });

  it('says that the server is gone, and goes on when it is back', async () => {
    const { page } = await openPage(server, '?view=live');
    await page.locator('.pulse.on').waitFor();
    await loseServer(page);
    await store(server, { endpoint: '/meanwhile' });
    await page.locator('tr', { hasText: '/meanwhile' }).waitFor({ timeout: 20_000 });
    await page.getByText('The server does not answer').waitFor({ state: 'detached' });
  });
});
