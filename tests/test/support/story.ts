import type { CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage } from './browser.js';

/** More, and nobody finds it. */
const MOST_CLICKS = 4;

/**
 * Somebody has a question, opens the page as it is by default, and finds the answer in at most four clicks. The browser counts them,
 * whatever they are on; what is typed is not one.
 *
 * @param find - goes to the answer, and fails where it is not on the page
 */
export async function findAnswer(
  server: CerberusServer,
  question: string,
  find: (page: Page) => Promise<void>,
): Promise<void> {
  let clicks = 0;
  const prepare = async (page: Page): Promise<void> => {
    await page.exposeFunction('countClick', () => {
      clicks += 1;
    });
    await page.addInitScript("addEventListener('mousedown', () => countClick(), true)");
  };
  const { page, problems } = await openPage(server, '', { prepare });
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await find(page);
  process.stdout.write(`        ${question}: ${clicks} ${clicks === 1 ? 'click' : 'clicks'}\n`);
  expect(clicks, question).to.be.within(1, MOST_CLICKS);
  expect(problems).to.deep.equal([]);
}
