// Resets that succeed, each by other methods. Every one returns the account and its new password.
import assert from 'node:assert/strict';
import { NEXT } from './visitor.mjs';

const NEW = 'quiet-harbour-lemon-57';

const done = (account) => ({ upn: account.upn, old: account.password, new: NEW });

/** E-mail and authenticator code, with a look at every page and at every rule of the password page. */
async function byMailAndApp(visitor) {
  const account = visitor.demo.account('alice');
  await visitor.begin(account.upn);
  await visitor.sees('trouble', /What keeps you out/);
  await visitor.cookiesAreStrict();
  await visitor.press(`a.choice[href="/reset/${visitor.id}"]`);
  await visitor.sees('choose', /How can we check/);
  assert.equal(await visitor.page.locator('.choice').count(), 2);
  assert.ok((await visitor.page.locator('.who').innerText()).includes(account.upn), 'the account bar');
  await visitor.passes(account, 'email');
  await visitor.sees('choose-second', /second time/);
  assert.equal(await visitor.entry('email').count(), 0, 'the same proof is not offered twice');
  await visitor.passes(account, 'app_code');
  await visitor.sees('password', /Choose a new password/);
  await refusesPasswords(visitor, account);
  await visitor.saves(NEW);
  await visitor.sees('done', /Your new password works/);
  await visitor.page.reload();
  assert.match(await visitor.heading(), /Your new password works/, 'a reload repeats nothing');
  const notices = (await visitor.demo.messages(visitor.id)).filter(({ subject }) => /was reset/.test(subject ?? ''));
  await visitor.demo.message(visitor.id, ({ to, subject }) => to === account.email && /was reset/.test(subject));
  assert.equal(new Set(notices.map(({ to }) => to)).size, notices.length, `one notice an address: ${JSON.stringify(notices)}`);
  return done(account);
}

async function refusesPasswords(visitor, account) {
  const { page } = visitor;
  if (visitor.kind.script) {
    await page.fill('#new_password', 'twelve signs at least');
    assert.equal(await page.locator('.rules li.ok').count(), 2, 'the rules are judged while one types');
    await page.click('[data-show]');
    assert.equal(await page.getAttribute('#new_password', 'type'), 'text', 'Show shows');
    await visitor.sees('password-shown');
    await page.click('[data-show]');
    assert.equal(await page.getAttribute('#new_password', 'type'), 'password', 'Hide hides');
  } else {
    assert.equal(await page.locator('[data-show]').isVisible(), false, 'no button that needs script');
  }
  await visitor.saves('', '', 422);
  assert.match(await visitor.error(), /Type a new password/);
  await visitor.saves('short Alice', 'short Alice', 422);
  await visitor.sees('password-problems');
  assert.match(await page.title(), /^Error: /);
  assert.match(await page.locator('main').innerText(), /want 12 characters; yours has 11/);
  await visitor.saves(NEW, `${NEW}8`, 422);
  await visitor.sees('password-differs');
  assert.match(await visitor.error(), /not the same/);
  assert.equal(await page.inputValue('#new_password'), '', 'secrets are not sent back');
  await visitor.saves(account.password, account.password, 422);
  await visitor.sees('password-same');
  assert.match(await visitor.error(), /the password you have had/);
}

/** Text message: the number is typed in full, a wrong one counts, a wrong code says how many tries are left. */
async function bySms(visitor) {
  const account = visitor.demo.account('ben');
  const { page } = visitor;
  await visitor.beginsAt(account);
  await visitor.chooses('sms');
  await visitor.press(NEXT, 422);
  await visitor.sees('phone-empty');
  await visitor.type('#phone', 'my old number');
  await visitor.press(NEXT, 422);
  await visitor.sees('phone-shape');
  assert.equal(await page.inputValue('#phone'), 'my old number', 'what was typed stays');
  await visitor.type('#phone', '+44 7700 900999');
  await visitor.press(NEXT, 422);
  await visitor.sees('phone-mismatch');
  assert.match(await visitor.error(), /not the number we have on file/);
  await visitor.type('#phone', account.phones.sms);
  await visitor.press(NEXT);
  await visitor.sees('challenge-sms', /code from your phone/);
  const right = await visitor.newestCode('sms');
  const wrong = right === '111111' ? '222222' : '111111';
  await visitor.answers('12', 422);
  await visitor.sees('challenge-shape');
  await visitor.answers(wrong, 422);
  await visitor.sees('challenge-wrong');
  assert.match(await visitor.error(), /You have 2 tries left/);
  assert.equal(await page.inputValue('#code'), wrong, 'what was typed stays');
  assert.match(await page.title(), /^Error: /);
  await visitor.answers(`${right.slice(0, 3)} ${right.slice(3)}`);
  await visitor.passes(account, 'email');
  await visitor.saves(NEW);
  await visitor.sees('done', /Your new password works/);
  return done(account);
}

/** A call to the mobile phone, and e-mail. */
async function byVoice(visitor) {
  const account = visitor.demo.account('chloe');
  await visitor.beginsAt(account);
  await visitor.passes(account, 'voice_mobile');
  await visitor.passes(account, 'email');
  await visitor.saves(NEW);
  await visitor.sees('done', /Your new password works/);
  return done(account);
}

/** Security questions, and e-mail. */
async function byQuestions(visitor) {
  const account = visitor.demo.account('erin');
  const { page } = visitor;
  const answer = async (right) => {
    for (const field of await page.locator('input[name^=answer_]').all()) {
      const id = (await field.getAttribute('name')).slice('answer_'.length);
      const known = account.answers.find(({ question_id }) => String(question_id) === id);
      await field.fill(right ? ` ${known.answer.toUpperCase()} ` : 'something else');
    }
  };
  await visitor.beginsAt(account);
  if ((await visitor.entry('questions').count()) === 0) await visitor.passes(account, 'email');
  await visitor.chooses('questions');
  await visitor.sees('questions', /Answer your security questions/);
  assert.equal(await page.locator('input[name^=answer_]').count(), 3);
  await visitor.press(NEXT, 422);
  await visitor.sees('questions-empty');
  await answer(false);
  await visitor.press(NEXT, 422);
  await visitor.sees('questions-wrong');
  assert.match(await visitor.error(), /do not say which\. You have 2 tries left/);
  await answer(true);
  await visitor.press(NEXT);
  if (/check/.test(await visitor.heading())) await visitor.passes(account, 'email');
  await visitor.saves(NEW);
  await visitor.sees('done', /Your new password works/);
  return done(account);
}

/** An account that may reset through a group within a group; at a desk with the keyboard alone. */
async function throughNestedGroup(visitor) {
  const account = visitor.demo.account('gus');
  visitor.keyboard = visitor.kind.width === 'desk';
  await visitor.beginsAt(account);
  await visitor.passes(account, 'email');
  await visitor.passes(account, 'app_code');
  await visitor.saves(NEW);
  await visitor.sees('done', /Your new password works/);
  return done(account);
}

/** An administrator: two gates, and no questions among them. */
async function asAdministrator(visitor) {
  const account = visitor.demo.account('hana');
  await visitor.beginsAt(account);
  assert.equal(await visitor.entry('questions').count(), 0);
  await visitor.passes(account, 'sms');
  assert.match(await visitor.heading(), /second time/);
  await visitor.passes(account, 'app_code');
  await visitor.saves(NEW);
  await visitor.sees('done', /Your new password works/);
  return done(account);
}

/** The whole way in German: the office phone and the app. */
async function inGerman(visitor) {
  const account = visitor.demo.account('dev');
  const { page } = visitor;
  const speaksGerman = async () => assert.equal(await page.getAttribute('html', 'lang'), 'de', page.url());
  await visitor.begin(account.upn, { mkt: '?mkt=de' });
  await speaksGerman();
  await visitor.sees('trouble-de');
  await visitor.press(`a.choice[href="/reset/${visitor.id}"]`);
  await visitor.sees('choose-de');
  await visitor.passes(account, 'voice_office', 'voice_office-de');
  await speaksGerman();
  await visitor.passes(account, 'app_code', 'app_code-de');
  await visitor.sees('password-de');
  await visitor.saves('kurz', 'anders', 422);
  await visitor.sees('password-differs-de');
  await visitor.saves(NEW);
  await speaksGerman();
  await visitor.sees('done-de');
  return done(account);
}

/** Every successful reset. */
export const RESETS = [byMailAndApp, bySms, byVoice, byQuestions, throughNestedGroup, asAdministrator, inGerman];
