// Every “no” of the demo shows its page; so do the addresses that belong to no journey.
import assert from 'node:assert/strict';
import { NEXT } from './visitor.mjs';

const STATUS = { 29: 409, 30: 503, 101: 429 };

/** One journey for each seeded account that is told no, with the code that the demo announces. */
export function refusalsOf({ accounts }) {
  const told = accounts.filter(({ expect, code }) => expect !== 'reset' && code !== null);
  assert.equal(told.length, 10, 'the seeded accounts that are told no');
  return told.map((account) => {
    const refusal = (visitor) => isTold(visitor, account);
    Object.defineProperty(refusal, 'name', { value: `refused-${account.upn}` });
    return refusal;
  });
}

async function isTold(visitor, account) {
  const code = `SSPR_${String(account.code).padStart(4, '0')}`;
  await visitor.begin(account.upn, { status: STATUS[account.code] ?? 403 });
  await visitor.sees(`${account.expect}-${code}-${account.cause}`);
  const lines = await visitor.block();
  assert.ok(lines.includes(account.upn) && lines.includes(code), lines);
  await visitor.page.locator('.box summary').click();
  assert.ok((await visitor.page.locator('.box .more').innerText()).includes(code), 'the technical line');
  const person = visitor.page.locator(`main a[href="/reset/${visitor.id}/contact"]`).first();
  assert.ok(await person.isVisible(), 'a link to a person');
  assert.equal(await visitor.page.locator('[data-copy]').isVisible(), visitor.kind.script, 'Copy needs script');
  await visitor.open(`/reset/${visitor.id}`);
  assert.ok((await visitor.block()).includes(code), 'the page stays when it is opened again');
}

/** From a refusal to the administrators: asked first, sent once, said so. */
async function writesToAdministrators(visitor) {
  const account = visitor.demo.account('ivan');
  await visitor.begin(account.upn, { status: 403 });
  await visitor.press(`main a[href="/reset/${visitor.id}/contact"]`);
  await visitor.sees('contact', /Write to your administrator/);
  await visitor.press(NEXT);
  await visitor.sees('contact-sent', /will look at it/);
  await visitor.page.reload();
  await visitor.press('.actions .button');
  await visitor.press(`main a[href="/reset/${visitor.id}/contact"]`);
  await visitor.press(NEXT);
  const mails = (await visitor.demo.messages(visitor.id)).filter(({ text }) => text.includes(account.upn));
  assert.ok(mails.length <= 1, 'one message an hour');
  await visitor.demo.message(visitor.id, ({ text }) => text.includes(account.upn) && text.includes('SSPR_0012'));
}

/** One page for the unknown and for those we may not speak of. */
async function couldNotVerify(visitor) {
  const answers = [];
  for (const upn of [visitor.demo.account('pia').upn, 'nobody.here@larkfield.example', 'nobody@nowhere.example']) {
    await visitor.begin(upn, { status: 403 });
    await visitor.sees('could-not-verify', /could not verify this account/);
    assert.ok((await visitor.page.locator('.who').innerText()).includes(upn), 'what was typed');
    const main = await visitor.page.locator('main').innerText();
    answers.push(main.replaceAll(upn, 'UPN').replaceAll(visitor.id, 'CODE').replace(/Time: .*/, '').replaceAll('Larkfield Hospital', 'Readmit'));
  }
  assert.equal(answers[0], answers[1], 'nothing tells a disabled account from an unknown one');
}

/** User IDs that cannot be one are told so in the field, and what was typed stays. */
async function userIdsThatCannotBe(visitor) {
  const wrong = async (typed, name) => {
    await visitor.open('/reset');
    await visitor.type('#user_id', typed);
    await visitor.press(NEXT, 422);
    await visitor.sees(name);
    assert.match(await visitor.page.title(), /^Error: /);
    assert.equal(await visitor.page.inputValue('#user_id'), typed);
    assert.equal(await visitor.page.getAttribute('#user_id', 'aria-invalid'), 'true');
  };
  await wrong('', 'who-empty');
  await wrong('x'.repeat(2000), 'who-long');
}

/** The help pages, one a code, and the way to them. */
async function help(visitor) {
  await visitor.open('/reset');
  await visitor.press('main .links a[href^="/help"]');
  await visitor.sees('help', /Help with the codes/);
  const pages = await visitor.page.locator('main .rows a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  assert.ok(pages.length >= 16, 'a page for each code');
  for (const path of pages) {
    const code = path.match(/SSPR_\d{4}/)[0];
    await visitor.open(path);
    assert.match(await visitor.heading(), new RegExp(code));
    assert.ok((await visitor.page.locator('main').innerText()).length > 300, `${code} is explained`);
    if (code === 'SSPR_0014') await visitor.sees('help-SSPR_0014');
  }
  await visitor.open('/help/SSPR_9999', 404);
}

/** Addresses that lead nowhere, and journeys that belong to somebody else. */
async function nowhere(visitor) {
  await visitor.open('/no/such/page', 404);
  await visitor.sees('not-found', /no such page/);
  await visitor.press('main .actions .button');
  await visitor.begin('somebody@nowhere.example', { status: 403 });
  const context = visitor.page.context();
  await context.clearCookies();
  await visitor.open(`/reset/${visitor.id}`, 404);
  await visitor.sees('not-found', /no such page/);
}

/** The language: by browser, by menu, and it stays. */
async function language(visitor) {
  const lang = () => visitor.page.getAttribute('html', 'lang');
  await visitor.open('/reset');
  assert.equal(await lang(), 'en');
  await visitor.page.locator('.pick summary').click();
  await visitor.sees('menu-of-languages');
  await visitor.press('.pick a[hreflang=de]');
  assert.equal(await lang(), 'de');
  await visitor.sees('who-de');
  await visitor.page.locator('.pick summary').click();
  await visitor.press('.pick a[hreflang=en]');
  assert.equal(await lang(), 'en');
}

/** Everything else that ends without a reset. */
export const REFUSALS = [writesToAdministrators, couldNotVerify, userIdsThatCannotBe, help, nowhere, language];
