// What holds for every page, whatever is on it: no barrier, nothing to scroll sideways, the support code, a true title.
import assert from 'node:assert/strict';
import { WIDTHS, barriers, fitsItsWindow } from './lib.mjs';

const SCHEMES = ['light', 'dark'];
const BIG_TEXT = 'html { font-size: 200% !important }';
// WCAG 2.2, 1.4.12.
const WIDE_TEXT = '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }';
const ZONE_TIME = /\d\d:\d\d:\d\d UTC[+-]\d\d:\d\d \(.+\), \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;

/** Looks at pages for one kind of visitor; each named state once, and keeps pictures where asked. */
export class Looks {
  #seen = new Set();

  constructor(kind, shots) {
    this.kind = kind;
    this.shots = shots;
  }

  /** How many states were looked at. */
  get count() {
    return this.#seen.size;
  }

  /** Throws with everything that is wrong with the page, which is in the state `name`. */
  async at(page, name) {
    await reads(page);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    if (this.shots) await this.#pictures(page, name);
    assert.deepEqual(await wrongWith(page, this.kind, SCHEMES), [], name);
  }

  async #pictures(page, name) {
    for (const [size, window] of Object.entries(WIDTHS)) {
      await page.setViewportSize(window);
      for (const scheme of SCHEMES) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.screenshot({ path: `${this.shots}/${name}-${size}-${scheme}.png`, fullPage: true });
      }
    }
    await page.setViewportSize(WIDTHS[this.kind.width]);
  }
}

/** Barriers in these color schemes, and texts that do not fit; one line each. */
export async function wrongWith(page, kind, schemes) {
  await unfolds(page, true);
  const wrong = [];
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    wrong.push(...(await barriers(page, { ...kind, scheme })).map((line) => `${scheme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: kind.scheme ?? 'light' });
  await fits(page, WIDTHS[kind.width]).catch((error) => wrong.push(error.message));
  await unfolds(page, false);
  return wrong;
}

/** The support code on the page. */
export function supportCode(page) {
  return page.locator('code.id').first().innerText();
}

/** The lines to send when one asks for help. */
export async function block(page) {
  return (await page.locator('#block').textContent()).trim();
}

async function reads(page) {
  assert.equal(await page.locator('h1').count(), 1, `one heading on ${page.url()}`);
  const heading = (await page.locator('h1').innerText()).trim();
  const title = await page.title();
  assert.ok(title.replace(/^(Error|Fehler): /, '').startsWith(heading), `title ${title} of ${heading}`);
  const code = await supportCode(page);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const lines = await block(page);
  assert.ok(lines.includes(code), `${code} in ${lines}`);
  assert.match(lines, ZONE_TIME);
  assert.ok((await page.locator('h1').boundingBox()) !== null, 'the heading shows');
}

function unfolds(page, open) {
  return page.evaluate((open) => document.querySelectorAll('details.more').forEach((it) => { it.open = open; }), open);
}

async function fits(page, window) {
  await fitsItsWindow(page);
  await withStyle(page, BIG_TEXT, 'text at 200 %');
  await page.setViewportSize({ width: 320, height: window.height });
  await fitsItsWindow(page);
  await withStyle(page, WIDE_TEXT, 'wide text');
  await withStyle(page, BIG_TEXT, 'text at 200 %');
  await page.setViewportSize(window);
}

/** Whether the page fits with the visitor's own stylesheet, which comes by the protocol: the page's policy does not bind it. */
async function withStyle(page, text, name) {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('DOM.enable');
    await session.send('CSS.enable');
    const { frameTree } = await session.send('Page.getFrameTree');
    const { styleSheetId } = await session.send('CSS.createStyleSheet', { frameId: frameTree.frame.id });
    await session.send('CSS.setStyleSheetText', { styleSheetId, text });
    await fitsItsWindow(page);
    await session.send('CSS.setStyleSheetText', { styleSheetId, text: '' });
  } catch (error) {
    throw new Error(`with ${name}: ${error.message}`);
  } finally {
    await session.detach();
  }
}
