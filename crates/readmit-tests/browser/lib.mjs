// Harness of the browser tests: Debian's Chromium, four kinds of visitor, axe, and an ear for everything the console says.
// A journey file uses only `withBrowser`, `visit` and the page it gets; it throws where the page is wrong.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The two widths every page must hold: a small phone and a desk. */
export const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } };

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// The page in which axe reads for a visitor without script.
const copies = new WeakMap();

// Nothing leaves the machine: every name but the loopback ones is unknown to this browser.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
];

/** Runs `work(browser)` in one headless Chromium and closes it whatever happens. */
export async function withBrowser(work) {
  const executablePath = process.env.READMIT_CHROMIUM || '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Every kind of visitor that a journey is walked as: with and without script, on both widths. */
export function kinds() {
  return [true, false].flatMap((script) => Object.keys(WIDTHS).map((width) => ({ script, width })));
}

/**
 * Runs `work(page, complaints)` as one visitor with a cookie jar of their own, then throws if the page complained.
 *
 * `kind` = `{ script, width, locale = 'en-GB', scheme = 'light' }`. Complaints are console errors and warnings, uncaught
 * exceptions, violations of the content security policy and failed requests; a journey that means to be refused
 * empties the list itself after looking at it.
 */
export async function visit(browser, kind, work) {
  const { script = true, width = 'desk', locale = 'en-GB', scheme = 'light' } = kind;
  const context = await browser.newContext({
    viewport: WIDTHS[width],
    hasTouch: width === 'phone',
    javaScriptEnabled: script,
    locale,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
  });
  try {
    const page = await context.newPage();
    const complaints = await listen(page);
    const result = await work(page, complaints);
    if (complaints.length > 0) throw new Error(`the page complained:\n  ${complaints.join('\n  ')}`);
    return result;
  } finally {
    for (const page of context.pages()) await copies.get(page)?.context().close();
    await context.close();
  }
}

/**
 * Runs axe in the page and throws with each violation's rule, target and reason. None is tolerated.
 *
 * axe needs script in the page: with script off it reads a copy of what the visitor sees, in a page of its own.
 */
export async function seesNoBarriers(page, kind = {}) {
  const violations = await barriers(page, kind);
  if (violations.length > 0) throw new Error(`barriers on ${page.url()}:\n  ${violations.join('\n  ')}`);
}

/** What [`seesNoBarriers`] judges: one line a violation, empty when there is none. */
export async function barriers(page, kind = {}) {
  if (kind.script === false) return barriersOfCopy(page, kind);
  return violationsIn(page);
}

/** Throws unless the page fits its window: nobody scrolls sideways to read. */
export async function fitsItsWindow(page) {
  const window = page.viewportSize().width;
  const content = await contentWidth(page);
  if (content > window) throw new Error(`${page.url()} is ${content}px wide in a window of ${window}px`);
}

/** Presses Tab until an element matching `selector` has the focus; throws after `limit` presses. */
export async function tabsTo(page, selector, limit = 40) {
  const target = page.locator(selector).first();
  for (let press = 0; press < limit; press += 1) {
    if (await focused(page, target)) return;
    await page.keyboard.press('Tab');
  }
  if (!(await focused(page, target))) throw new Error(`no way to ${selector} by ${limit} presses of Tab on ${page.url()}`);
}

async function violationsIn(page) {
  const violations = await page.evaluate(async ([source, tags]) => {
    // Over the protocol, which the page's policy does not bind.
    if (!window.axe) (0, eval)(source);
    const found = await window.axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return found.violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => ({ id, help, target })));
  }, [AXE, AXE_TAGS]);
  return violations.map(({ id, help, target }) => `${id}: ${target.join(' ')}: ${help}`);
}

async function barriersOfCopy(page, kind) {
  const { width = 'desk', scheme = 'light' } = kind;
  if (!copies.has(page)) copies.set(page, await (await page.context().browser().newContext({ ignoreHTTPSErrors: true })).newPage());
  const copy = copies.get(page);
  await copy.setViewportSize(WIDTHS[width]);
  await copy.emulateMedia({ colorScheme: scheme });
  const html = await page.content();
  // Served under the page's own address, so that its stylesheet loads; script elements stay out, as for the visitor.
  const body = html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/gi, '');
  await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }), { times: 1 });
  await copy.goto(page.url());
  return violationsIn(copy);
}

async function listen(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // The visitor went on before all had come.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()}: ${reason}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Audits.enable');
  session.on('Audits.issueAdded', ({ issue }) => {
    const policy = issue.details.contentSecurityPolicyIssueDetails;
    if (policy) complaints.push(`content security policy: ${policy.violatedDirective} ${policy.blockedURL ?? ''}`.trim());
  });
  return complaints;
}

async function contentWidth(page) {
  // The layout is asked over the protocol, so that it works for visitors without script too.
  const session = await page.context().newCDPSession(page);
  const { cssContentSize } = await session.send('Page.getLayoutMetrics');
  await session.detach();
  return Math.ceil(cssContentSize.width);
}

async function focused(page, target) {
  return (await target.count()) > 0 && target.evaluate((element) => element === document.activeElement);
}
