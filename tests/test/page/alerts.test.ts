// Alerts in a browser: a rule about what is looked at, a destination that is tried, and what happened.
import { MemoryStore, startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import {
  alertsOn,
  HandClock,
  idOf,
  MINUTE,
} from '../../../packages/server/test-dist/support/alerts/alerts.js';
import {
  webhookServer,
  type WebhookServer,
} from '../../../packages/server/test-dist/support/alerts/webhook-server.js';
import { append, producerRef } from '../../../packages/server/test-dist/support/events/events.js';
import { violations } from '../support/axe.js';
import {
  describeInBrowser,
  openPage,
  takePicture,
  type Look,
  type OpenPage,
  untilItFits,
} from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';

const TOKEN = 'the-own-token';

describeInBrowser('the view of alerts', () => {
  let server: CerberusServer;
  let memory: MemoryStore;
  let hook: WebhookServer;

  beforeEach(async () => {
    memory = new MemoryStore();
    hook = await webhookServer();
    server = await startServer({ port: 0, host: '127.0.0.1', store: memory, token: TOKEN });
    await store(server, ...shopTraffic(Date.now()));
  });

  afterEach(() => server.close());

  async function signedIn(query: string, look: Look = {}): Promise<OpenPage> {
    const opened = await openPage(server, query, look);
    await opened.page.getByLabel('Token').fill(TOKEN);
    await opened.page.keyboard.press('Enter');
    await opened.page.getByRole('button', { name: 'Sign out' }).waitFor();
    return opened;
  }

  const ruleRow = (page: Page): ReturnType<Page['locator']> => page.locator('table.rules tbody tr');

  async function rules(): Promise<readonly Record<string, unknown>[]> {
    const response = await fetch(`${server.url}/api/alerts`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return ((await response.json()) as { rules: Record<string, unknown>[] }).rules;
  }

  it('leads from a filter to a rule about what it leaves, which can be looked at, changed, paused and removed', async () => {
    const { page, problems } = await signedIn('?range=15m&endpoint=%2Fcheckout&method=POST');
    await page.getByRole('link', { name: 'Alert on this' }).click();
    await page.getByLabel('Name').fill('Checkout fails');
    await page.getByLabel('When').selectOption('Requests above');
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Looked at after (s)').fill('60');
    await page.getByLabel('Limit (requests)').fill('3');
    await page.getByRole('button', { name: 'What it is now' }).click();
    await page.getByText(/^Now: \d/).waitFor();
    await page.getByLabel('Limit (requests)').fill('-3');
    await page.getByRole('button', { name: 'Create rule' }).click();
    await page.getByText('Must be a number, 0 or more.').waitFor();
    const limit = page.getByLabel('Limit (requests)');
    expect(await limit.getAttribute('aria-invalid')).to.equal('true');
    const described = String(await limit.getAttribute('aria-describedby'));
    expect(await page.locator(`[id="${described}"]`).innerText()).to.equal('Must be a number, 0 or more.');
    await page.getByLabel('Limit (requests)').fill('4');
    await page.getByRole('button', { name: 'Create rule' }).click();
    await ruleRow(page).getByText('Requests above 4').waitFor();
    expect(await page.getByLabel('Name').inputValue()).to.equal('');
    const filter = { endpoint: '/checkout', method: 'POST' };
    const made = { name: 'Checkout fails', above: 4, delay_seconds: 60, filter };
    expect((await rules())[0]).to.deep.include(made);
    await page.getByRole('button', { name: 'Remove Endpoint /checkout' }).click();
    await page.getByRole('button', { name: 'Edit Checkout fails' }).click();
    // And so is the focus.
    await page.waitForFunction(() => document.activeElement?.closest('.rule-form') !== null);
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('INPUT');
    // The filter is that of the rule again.
    await page.getByRole('button', { name: 'Remove Endpoint /checkout' }).waitFor();
    await page.getByLabel('In the last').selectOption('10 min');
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.getByRole('button', { name: 'Create rule' }).waitFor();
    await page.getByRole('button', { name: 'Pause Checkout fails' }).click();
    await ruleRow(page).getByText('paused').waitFor();
    expect((await rules())[0]).to.deep.include({ above: 4, window_minutes: 10, paused: true, filter });
    await page.getByRole('button', { name: 'Edit Checkout fails' }).click();
    await page.getByLabel('Recovers after (windows)').fill('3');
    await page.getByLabel('Looked at after (s)').fill('90');
    await takePicture(page, 'alert-rule-1280-light');
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.getByRole('button', { name: 'Create rule' }).waitFor();
    expect((await rules())[0]).to.deep.include({ above: 4, recover_windows: 3, delay_seconds: 90, filter });
    const csv = page.waitForEvent('download');
    await page.getByRole('button', { name: 'rules as CSV' }).click();
    const [head, row] = (await readFile(await (await csv).path(), 'utf8')).trim().split('\r\n');
    expect(head).to.match(/^id,name,measure,filter\./);
    expect(row).to.include('Checkout fails');
    const remove = page.getByRole('button', { name: /emove Checkout fails/ });
    await remove.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('There are none.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal('Rules');
    expect(problems).to.deep.equal([]);
  });

  it('has beside it, on the view of sources, which application is silent and for how long', async () => {
    const hoursAgo = append({
      producer: producerRef({ clientId: 'orders', producer: 'orders-1' }),
      receivedAt: Date.now() - 3.5 * 60 * MINUTE,
    });
    await memory.append(hoursAgo);
    const { page, problems } = await signedIn('?view=sources');
    const row = (name: string): ReturnType<Page['locator']> =>
      page.locator('table.applications tbody tr').filter({ hasText: name });
    expect(await row('orders').innerText()).to.match(/silent for 3\sh/);
    expect(await row('shop').innerText()).not.to.include('silent');
    await page.getByText('1 silent', { exact: true }).waitFor();
    await takePicture(page, 'sources-silent-1280-light');
    expect(problems).to.deep.equal([]);
  });

  it('makes a destination, shows its secret once, and tries it', async () => {
    const { page, problems } = await signedIn('?view=alerts');
    await page.getByLabel('Called').fill('On call');
    await page.getByLabel('URL').fill(`${hook.url}/hidden-path`);
    await page.getByRole('button', { name: 'Create destination' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('button', { name: 'Test On call' }).click();
    await page.getByText('On call has taken it.').waitFor();
    expect(hook.received).to.have.length(1);
    await page.locator('table.alert-log').getByText('This is a test of On call').waitFor();
    hook.status = 404;
    await page.getByRole('button', { name: 'Test On call' }).click();
    await page.getByText('On call: status 404.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Test On call' }).waitFor();
    const text = await page.locator('body').innerText();
    expect(text).not.to.include('hidden-path').and.not.to.include('whsec_');
    expect(problems).to.deep.equal([]);
  });

  it('waits for a receiver for as long as the server does, which is longer than for anything else', async () => {
    const receiver = createServer((_, response) => setTimeout(() => response.end(), 4500).unref());
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    try {
      const { page, problems } = await signedIn('?view=alerts');
      await page.getByLabel('Called').fill('Slow one');
      await page.getByLabel('URL').fill(`http://127.0.0.1:${port}`);
      await page.getByRole('button', { name: 'Create destination' }).click();
      await page.getByText(/^whsec_/).waitFor();
      // What the page waits for is ten times as near; the receiver takes what were 45 s.
      await page.evaluate(() => {
        const timeout = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = (millis) => timeout(millis / 10);
      });
      await page.getByRole('button', { name: 'Test Slow one' }).click();
      await page.getByText('Slow one has taken it.').waitFor();
      expect(problems).to.deep.equal([]);
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('changes a destination, of which what nobody sees stays as it is', async () => {
    const { page, problems } = await signedIn('?view=alerts');
    await page.getByLabel('Called').fill('On call');
    await page.getByLabel('URL').fill(`${hook.url}/hidden-path`);
    await page.getByRole('button', { name: 'Create destination' }).click();
    await page.getByRole('button', { name: 'Edit On call' }).click();
    const form = page.locator('.destination-form');
    await form.getByRole('button', { name: 'Save destination' }).waitFor();
    expect(await form.getByLabel('Called').inputValue()).to.equal('On call');
    expect(await form.locator('select').isDisabled()).to.equal(true);
    await form.getByLabel('Called').fill('The team');
    await takePicture(page, 'alert-destination-1280-light');
    await form.getByRole('button', { name: 'Save destination' }).click();
    await form.getByRole('button', { name: 'Create destination' }).waitFor();
    await page.getByRole('button', { name: 'Test The team' }).click();
    await page.getByText('The team has taken it.').waitFor();
    expect(hook.received[0]?.path).to.equal('/hook/hidden-path');
    const csv = page.waitForEvent('download');
    await page.getByRole('button', { name: 'alert-log as CSV' }).click();
    expect(await readFile(await (await csv).path(), 'utf8')).to.include(',The team delivered');
    await page.getByRole('button', { name: 'Edit The team' }).click();
    await form.getByRole('button', { name: 'Save destination' }).waitFor();
    await form.getByLabel('URL').fill('ftp://a');
    await form.getByRole('button', { name: 'Save destination' }).click();
    await page.getByText('Must be a URL that begins with http:// or https://, and has a host.').waitFor();
    await form.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForFunction(() => document.activeElement?.closest('.destination-form') !== null);
    expect(await form.getByLabel('Called').inputValue()).to.equal('');
    expect(problems).to.deep.equal([]);
  });

  it('shows more of a long log when it is asked for, and what a destination that is gone leaves', async () => {
    const clock = new HandClock();
    clock.time = Date.now();
    const file = {
      rules: new Map(),
      destinations: new Map([['file-ops', { kind: 'slack', name: 'ops', url: hook.url } as const]]),
    };
    const alerts = alertsOn(memory, clock, { token: TOKEN, file });
    await alerts.book.addRule({
      name: 'Many',
      measure: 'requests',
      above: 0,
      destinations: ['file-ops'],
    });
    const to = idOf(await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: hook.url }));
    for (let n = 0; n < 60; n += 1) await alerts.test(to);
    const { page, problems } = await signedIn('?view=alerts');
    const entries = page.locator('table.alert-log tbody tr');
    await entries.first().waitFor();
    expect(await entries.count()).to.equal(50);
    await page.getByRole('button', { name: 'More' }).click();
    await entries.nth(59).waitFor();
    expect(await page.getByRole('button', { name: 'More' }).count()).to.equal(0);
    await page.getByRole('button', { name: 'Edit Many' }).click();
    await page.getByLabel('file-ops (gone)').uncheck();
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.getByRole('button', { name: 'Create rule' }).waitFor();
    expect((await rules())[0]).to.deep.include({ destinations: [] });
    expect(problems).to.deep.equal([]);
  });

  it('shows what fires and what happened, breaks no rule of axe in either theme, and fits into 360 px', async () => {
    // The server itself looks at rules after a minute only.
    const clock = new HandClock();
    const before = alertsOn(memory, clock, { token: TOKEN });
    const to = idOf(
      await before.book.addDestination({
        kind: 'slack',
        name: '#backend',
        url: 'https://hooks.slack.example/x',
      }),
    );
    for (const rule of [
      {
        name: 'Errors of shop',
        measure: 'error_rate',
        above: 0.05,
        recover: 0.02,
        filter: { client_id: 'shop' },
      },
      { name: 'Slow', measure: 'p95_ms', above: 5000, filter: { endpoint: '/search', failed: 'true' } },
      {
        name: 'No orders',
        measure: 'requests',
        below: 1,
        window_minutes: 1,
        filter: { client_id: 'orders' },
      },
      { name: 'The week', measure: 'summary', schedule: '0 8 * * 1', time_zone: 'Europe/Berlin' },
    ])
      await before.book.addRule({ window_minutes: 10, ...rule, destinations: [to] });
    hook.status = 503;
    clock.time = Date.now();
    const later = alertsOn(memory, clock, {
      token: TOKEN,
      send: async () => ({ kind: 'failed', reason: 'status 503' }),
    });
    // Longer than the window of what did not come.
    clock.time += 3 * MINUTE;
    await later.tick();
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const { page, problems } = await signedIn('?view=alerts');
    await ruleRow(page).getByText('fires').nth(1).waitFor();
    await page.locator('table.alert-log').getByText('waits: status 503, once').first().waitFor();
    await page.evaluate(axe);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`html[data-theme="${theme}"]`).waitFor();
      for (const width of [1440, 768, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await takePicture(page, `alerts-${width}-${theme}`);
        expect(await violations(page), `${theme} at ${width} px`).to.deep.equal([]);
        await untilItFits(page, width);
        // A panel cuts off what is too wide for it.
        for (const name of ['Remove Errors of shop', 'Remove #backend', 'Create destination']) {
          const box = await page.getByRole('button', { name }).boundingBox();
          expect((box?.x ?? width) + (box?.width ?? 0), `${name} at ${width} px`).to.be.below(width - 12);
        }
      }
    }
    expect(problems).to.deep.equal([]);
  });

  it('keeps the fields open in which somebody takes back what they wrote', async () => {
    const { page } = await signedIn('?view=alerts');
    await page.getByText('More', { exact: true }).click();
    const delay = page.getByLabel('Looked at after (s)');
    await delay.pressSequentially('5');
    await delay.press('Backspace');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await delay.evaluate((field) => field === document.activeElement)).to.equal(true);
    expect(await delay.isVisible()).to.equal(true);
  });
});
