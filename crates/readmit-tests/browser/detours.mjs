// What people do besides going straight on: wrong codes, going back, two windows, pressing twice, other ways, stopping.
import assert from 'node:assert/strict';
import { pause } from './demo.mjs';
import { NEXT } from './visitor.mjs';

const AGAIN = 'form[action$="/resend"] .button';
const ANOTHER = 'form[action$="/another-way"] button';
/** The least time between two messages to one address. */
const SEND_GAP = 10_500;
const CANCEL = 'form[action$="/cancel"] button';

/** Three wrong codes burn the challenge, not the account; a shape that cannot be a code costs nothing. */
async function wrongCodes(visitor) {
  const account = visitor.demo.account('fay');
  await visitor.beginsAt(account);
  await visitor.sees('choose-five');
  assert.equal(await visitor.page.locator('.choice').count(), 5);
  await visitor.chooses('app_code');
  await visitor.answers('', 422);
  await visitor.sees('challenge-app-empty');
  await visitor.answers('12345', 422);
  await visitor.sees('challenge-app-shape');
  assert.match(await visitor.error(), /6 digits/);
  const right = await visitor.demo.appCode(account);
  const wrong = (shift) => String((Number(right) + shift) % 1_000_000).padStart(6, '0');
  await visitor.answers(wrong(1), 422);
  await visitor.sees('challenge-app-wrong');
  assert.match(await visitor.error(), /You have 2 tries left/);
  await visitor.page.reload();
  await visitor.open(`/reset/${visitor.id}`);
  assert.match(await visitor.page.locator('#code-hint').innerText(), /2 tries left/, 'sending the same again costs no try');
  await visitor.answers(wrong(2), 422);
  assert.match(await visitor.error(), /You have 1 try left/);
  await visitor.answers(wrong(3), 422);
  await visitor.sees('choose-burnt', /How can we check/);
  assert.match(await visitor.page.locator('.note.warn').innerText(), /After 3 wrong tries/);
}

/** The locked account; the ten seconds between two codes; another way; stop. */
async function otherWays(visitor) {
  const account = visitor.demo.account('fay');
  const { page } = visitor;
  const sent = async () => (await visitor.demo.messages(visitor.id)).filter(({ channel }) => channel === 'mail').length;
  await visitor.begin(account.upn);
  await visitor.press('a.choice[href$="/locked"]');
  await visitor.sees('locked', /nothing to unlock/);
  await visitor.press('main .links a[href$="/trouble"]');
  await visitor.press('a.choice[href$="/locked"]');
  await visitor.press('main .actions .button');
  await visitor.chooses('email');
  const first = Date.now();
  await visitor.press(AGAIN, 429);
  await visitor.sees('challenge-too-soon');
  assert.match(await page.locator('.note.warn').innerText(), /in a few seconds/);
  await visitor.open(`/reset/${visitor.id}`);
  await visitor.newestCode('email');
  await visitor.sees('challenge-email', /code from your e-mail/);
  await page.reload();
  assert.equal(await sent(), 1, 'a reload sends nothing');
  await visitor.press('main .links a[href$="/contact"]');
  await visitor.sees('contact', /Write to your administrator/);
  await visitor.press('main form a.button');
  await pause(Math.max(0, first + SEND_GAP - Date.now()));
  await visitor.press(AGAIN);
  await visitor.press(ANOTHER);
  await visitor.chooses('email', 429);
  await visitor.sees('choose-too-soon');
  await visitor.open(`/reset/${visitor.id}`);
  assert.equal(await sent(), 2, 'a new code after ten seconds, and none before');
  await visitor.press(CANCEL);
  await visitor.sees('cancelled', /Your password is unchanged/);
  await page.goBack({ waitUntil: 'load' });
  await visitor.open(`/reset/${visitor.id}`);
  assert.match(await visitor.heading(), /Your password is unchanged/, 'what was stopped stays stopped');
}

/** Two windows, two presses and the back button do nothing twice. */
async function twoWindows(visitor) {
  const account = visitor.demo.account('fay');
  const { page } = visitor;
  await visitor.beginsAt(account);
  await visitor.chooses('sms');
  await visitor.type('#phone', account.phones.sms);
  await page.locator(NEXT).dblclick();
  await page.locator('#code').waitFor();
  await page.waitForLoadState();
  await visitor.open(`/reset/${visitor.id}`);
  await visitor.sees('challenge-sms', /code from your phone/);
  for (const move of ['reload', 'goBack', 'goForward']) {
    await page[move]({ waitUntil: 'load' });
    assert.match(await visitor.heading(), /code from your phone/, move);
  }
  const code = await visitor.newestCode('sms');
  assert.equal((await visitor.demo.messages(visitor.id)).length, 1, 'two presses, a reload and a way back send one message');
  const second = await visitor.anotherWindow();
  await second.open(`/reset/${visitor.id}`);
  await visitor.answers(code);
  assert.match(await visitor.heading(), /second time/);
  await second.answers(code === '111111' ? '222222' : '111111', 409);
  await second.sees('stale', /out of date/);
  await second.press('main .actions .button');
  assert.match(await second.heading(), /second time/);
  await second.page.close();
  await visitor.press(CANCEL);
  await visitor.sees('cancelled', /Your password is unchanged/);
}

/** What script adds: the copied lines, and the offer after ten seconds. */
async function whatScriptAdds(visitor) {
  const { page } = visitor;
  await visitor.begin(visitor.demo.account('jada').upn, { status: 403 });
  await page.locator('[data-copy]').click();
  await page.locator('[role=status]', { hasText: 'Copied' }).waitFor();
  await visitor.sees('copied');
  const lines = await visitor.block();
  await visitor.open('/reset');
  await page.focus('#user_id');
  await page.keyboard.press('Control+V');
  assert.equal(await page.inputValue('#user_id'), lines.replaceAll('\n', ' '), 'what was copied');
  // Her own journey is long over when the last ones begin.
  await visitor.beginsAt(visitor.demo.account('alice'));
  await visitor.chooses('email');
  assert.equal(await page.locator('[data-after]').innerText(), 'Most codes arrive within 10 seconds.');
  await page.locator('[data-after]', { hasText: 'You can have a new code now.' }).waitFor();
  await visitor.press(AGAIN);
}

/** Every way that is not straight. */
export const DETOURS = [wrongCodes, otherWays, twoWindows];
/** Only where script runs. */
export const WITH_SCRIPT = [whatScriptAdds];
