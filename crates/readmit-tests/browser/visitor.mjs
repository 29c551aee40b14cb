// A person at the portal: what they press and type, and what they must then see.
import assert from 'node:assert/strict';
import { tabsTo } from './lib.mjs';
import { block, supportCode } from './looks.mjs';
import { pause } from './demo.mjs';

/** Submits the form of the page's one question. */
export const NEXT = 'main form .button[type=submit]:not(.second)';
/** How the methods stand in the list, by the names that the demo announces. */
const CHANNELS = { email: 'mail', sms: 'sms', voice_mobile: 'voice', voice_office: 'voice' };
const TITLES = {
  email: /Private e-mail|Private E-Mail/,
  sms: /Text message|SMS/,
  voice_mobile: /Phone call|Anruf$/,
  voice_office: /Call to the office phone|Anruf am Bürotelefon/,
  app_code: /Authenticator app|Authenticator-App/,
  questions: /Security questions|Sicherheitsfragen/,
};
const WAIT_S = 5;

/** One visitor in one window. */
export class Visitor {
  constructor(page, complaints, { kind, demo, looks }) {
    Object.assign(this, { page, complaints, kind, demo, looks, status: 0, keyboard: false });
    page.on('response', (response) => {
      const request = response.request();
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#answered(response);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${demo.url}/`)) complaints.push(`third party: ${request.url()}`);
    });
  }

  #answered(response) {
    this.status = response.status();
    this.headers = response.headers();
  }

  /** A second window of the same person. */
  async anotherWindow() {
    return new Visitor(await this.page.context().newPage(), this.complaints, this);
  }

  /** Opens an address. */
  async open(path, status = 200) {
    await this.page.goto(this.demo.url + path);
    this.#met(status);
  }

  /** Presses something that leads to another page, which must come with this status. */
  async press(selector, status = 200) {
    await this.#leaves(selector);
    this.#met(status);
  }

  async #leaves(selector) {
    const arrived = this.page.waitForNavigation({ waitUntil: 'load' });
    if (this.keyboard) {
      await tabsTo(this.page, selector);
      await this.page.keyboard.press('Enter');
    } else {
      await this.page.locator(selector).first().click();
    }
    await arrived;
  }

  /** Types into a field, in place of what stands there. */
  async type(selector, text) {
    if (!this.keyboard) return this.page.fill(selector, text);
    await tabsTo(this.page, selector);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
  }

  /** The status of the last page; one that says no is a complaint of the console, which was meant here. */
  #met(status) {
    assert.equal(this.status, status, `${this.page.url()} ${status} expected`);
    if (status < 400) return;
    const at = this.complaints.findIndex((line) => line.includes(`status of ${status}`));
    if (at >= 0) this.complaints.splice(at, 1);
  }

  /** Looks at the page as it is now. */
  async sees(name, heading) {
    if (heading) assert.match(await this.heading(), heading, name);
    assert.equal(this.headers['support-code'], await supportCode(this.page), `header and page of ${name}`);
    await this.looks.at(this.page, name);
  }

  /** The page's heading. */
  heading() {
    return this.page.locator('h1').innerText();
  }

  /** The lines to send. */
  block() {
    return block(this.page);
  }

  /** The words of the field's error. */
  error() {
    return this.page.locator('.error, .note.stop').first().innerText();
  }

  /** Types a user ID on the first page and passes the human check. */
  async begin(upn, { status = 200, mkt = '' } = {}) {
    await this.open(`/reset${mkt}`);
    await this.sees(`who${mkt.replace(/\W/g, '-')}`);
    await this.type('#user_id', upn);
    if (this.kind.script) {
      await this.press(NEXT, status);
    } else {
      await this.#waitsWithoutScript(status);
    }
    this.id = await supportCode(this.page);
  }

  async #waitsWithoutScript(status) {
    const ticket = await this.page.inputValue('[name=ticket]');
    const issued = Number(ticket.split('.')[2]);
    await this.#leaves(NEXT);
    // Who took five seconds to type is not asked to wait.
    if ((await this.page.locator('input[type=hidden][name=user_id]').count()) === 0) return this.#met(status);
    await this.sees('waiting', /5/);
    await pause(Math.max(0, issued + WAIT_S * 1000 + 100 - Date.now()));
    await this.press(NEXT, status);
  }

  /** Begins, and says that the password is forgotten. */
  async beginsAt(account, options = {}) {
    await this.begin(account.upn, options);
    await this.press(`a.choice[href="/reset/${this.id}"]`);
  }

  /** The cookies are strict: host only, for this site only, out of reach of script. */
  async cookiesAreStrict() {
    const cookies = await this.page.context().cookies();
    assert.deepEqual(cookies.map(({ name }) => name), ['__Host-readmit_reset']);
    for (const { secure, httpOnly, sameSite, path, domain } of cookies) {
      assert.deepEqual({ secure, httpOnly, sameSite, path, domain }, { secure: true, httpOnly: true, sameSite: 'Lax', path: '/', domain: '127.0.0.1' });
    }
  }

  /** The entry of a method in the list. */
  entry(method) {
    return this.page.locator('.choice').filter({ has: this.page.locator('b', { hasText: TITLES[method] }) }).first();
  }

  /** Chooses a method; leads to its number, its code or its questions. */
  async chooses(method, status = 200) {
    const entry = this.entry(method);
    const selector = await entry.evaluate((it) => (it.value ? `button.choice[value="${it.value}"]` : `a.choice[href="${it.getAttribute('href')}"]`));
    await this.press(selector, status);
  }

  /** The code of the message that this page speaks of. */
  async newestCode(method) {
    const mark = await this.page.locator('#code-hint strong').innerText();
    return this.demo.code(this.id, CHANNELS[method], mark);
  }

  /** Sends a code. */
  async answers(code, status = 200) {
    await this.type('#code', code);
    await this.press(NEXT, status);
  }

  /** Passes one gate from the list of methods on. */
  async passes(account, method, name = method) {
    await this.chooses(method);
    if (account.phones?.[method]) {
      await this.sees(`phone-${name}`);
      await this.type('#phone', account.phones[method]);
      await this.press(NEXT);
    }
    await this.sees(`challenge-${name}`);
    if (method === 'app_code') return this.answers(await this.demo.appCode(account));
    return this.answers(await this.newestCode(method));
  }

  /** Types the new password twice and saves it. */
  async saves(password, again = password, status = 200) {
    await this.type('#new_password', password);
    await this.type('#confirm_password', again);
    await this.press(NEXT, status);
  }
}
