import type { CerberusServer } from '@cerberus-otel/server';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { until } from '@cerberus-otel/test-support/deadline';

/** Of Debian's package; another one by its variable. */
const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SCREENSHOTS = fileURLToPath(new URL('../../screenshots/', import.meta.url));
const DEADLINE_MILLIS = 15_000;

const hasBrowser =
  existsSync(EXECUTABLE) && spawnSync(EXECUTABLE, ['--version'], { stdio: 'ignore' }).status === 0;
if (!hasBrowser && process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') {
  throw new Error("chromium is missing: install Debian's package, no test may be skipped here");
}

let browser: Promise<Browser> | undefined;
const contexts: BrowserContext[] = [];

/** Tests that need a browser; skipped where there is none. One browser serves all of a suite. */
export function describeInBrowser(name: string, define: (this: Mocha.Suite) => void): void {
  if (!hasBrowser) {
    describe.skip(name, define);
    return;
  }
  describe(name, function () {
    this.timeout(60_000);
    define.call(this);
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    });
    after(async () => {
      await (await browser)?.close();
      browser = undefined;
    });
  });
}

/** How the page is looked at. */
export interface Look {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  /** Default `en-GB`. */
  readonly locale?: string;
  /** Default `UTC`. */
  readonly timeZone?: string;
  /** With fingers, as on a phone. */
  readonly touch?: boolean;
  /** What is done with it before it goes to the address. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** A page that nobody has seen before, at an address of the server. What goes wrong in it ends the test. */
export async function openPage(server: CerberusServer, query = '', look: Look = {}): Promise<OpenPage> {
  browser ??= chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  const context = await (
    await browser
  ).newContext({
    viewport: { width: look.width ?? 1280, height: 900 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
    timezoneId: look.timeZone ?? 'UTC',
    locale: look.locale ?? 'en-GB',
    hasTouch: look.touch ?? false,
  });
  contexts.push(context);
  context.setDefaultTimeout(DEADLINE_MILLIS);
  const page = await context.newPage();
  const problems: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    // The browser itself notes each answer that is no success; the tests know of those.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded');
    if (['error', 'warning'].includes(message.type()) && !isStatus) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(server.url).host) foreign.push(request.url());
  });
  await look.prepare?.(page);
  await page.goto(`${server.url}/${query}`);
  return { page, problems, foreign };
}

/** A page, and what it did that it should not. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings on its console, violations of its Content-Security-Policy among them. */
  readonly problems: readonly string[];
  /** What it asked of other hosts. */
  readonly foreign: readonly string[];
}

/** Keeps a picture for people to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** Waits until a page needs no more room than the window has. Charts are drawn anew a moment after it has changed. */
export async function untilItFits(page: Page, width: number, where = `${width} px`): Promise<void> {
  const needed = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
  await until(`the page fits: ${where}`, async () => (await needed()) === width);
}
