// Whatever a request contains is text on the page.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { openPage } from '../support/browser.js';
import { describeOnEachStore } from '../support/each-store.js';
import { store } from '../support/stored-traffic.js';

const SCRIPT = '<script>globalThis.hacked = 1</script>';
const IMAGE = '<img src=x onerror="globalThis.hacked = 2">';
const RIGHT_TO_LEFT = '/\u202Egnp.exe\u2066/\u200F';
const EMOJI = '/😀/👩‍👩‍👧‍👦/é';
const LONG = `/${'long'.repeat(511)}`;
const PATHS = [`/${SCRIPT}`, `/${IMAGE}`, RIGHT_TO_LEFT, EMOJI, LONG, '/javascript:alert(1)', '/%00%0a<b>'];
const METRICS = {
  [SCRIPT]: SCRIPT,
  [`"${IMAGE}`]: IMAGE,
  [RIGHT_TO_LEFT]: RIGHT_TO_LEFT,
  __proto__x: true,
  constructor: 'x',
  ['m'.repeat(250)]: 7,
};

describeOnEachStore('hostile strings', (emptyStore) => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', ...(await emptyStore()), signIn: false });
    const hostile = PATHS.map((endpoint) => ({ endpoint, route: endpoint, custom_data: METRICS }));
    await store(server, ...hostile, { endpoint: '/x', method: SCRIPT.slice(0, 32), client_id: IMAGE });
  });

  after(() => server.close());

  const views: Readonly<Record<string, string>> = {
    overview: '?range=1h',
    requests: `?view=requests&range=1h&id=1&column=${encodeURIComponent(SCRIPT)}&metric=${encodeURIComponent(SCRIPT)}`,
    live: '?view=live',
    metrics: `?view=metrics&range=1h&name=${encodeURIComponent(SCRIPT)}`,
    endpoint: `?view=endpoint&range=1h&method=GET&endpoint=${encodeURIComponent(PATHS[0] ?? '')}`,
    sources: '?view=sources',
  };
  for (const [view, query] of Object.entries(views)) {
    it(`are text in ${view}, and make it no wider at 360 px`, async () => {
      const { page, problems, foreign } = await openPage(server, query, { width: 360 });
      await page.locator('main table, main .panel').first().waitFor();
      await page
        .getByText(view === 'sources' ? IMAGE : SCRIPT, { exact: false })
        .first()
        .waitFor({ state: 'attached' });
      const found = await page.evaluate(() => ({
        hacked: (globalThis as { hacked?: unknown }).hacked ?? null,
        elements: document.querySelectorAll('main script, main img, main b:not(.legend b)').length,
        width: document.documentElement.scrollWidth,
      }));
      expect(found).to.deep.equal({ hacked: null, elements: 0, width: 360 });
      expect(problems).to.deep.equal([]);
      expect(foreign).to.deep.equal([]);
    });
  }

  it('keep to their own line: what turns text around does not reach what follows', async () => {
    const { page } = await openPage(server, '?range=1h');
    await page.locator('table.endpoints tbody tr').first().waitFor();
    const isolated = await page.locator('table.endpoints tbody th bdi').count();
    expect(isolated).to.equal(await page.locator('table.endpoints tbody th').count());
  });

  it('come back unchanged: every path is in the address of its own view', async () => {
    const { page } = await openPage(server, '?range=1h');
    for (const path of PATHS) {
      const query = new URLSearchParams({ view: 'endpoint', range: '1h', method: 'GET', endpoint: path });
      await page.goto(`${server.url}/?${query.toString()}`);
      expect(await page.locator('h1 bdi').textContent()).to.equal(path);
      await page.locator('.stat .value', { hasText: /^1$/ }).first().waitFor();
    }
  });
});
