// The other side of a journey: what the demo announces, the messages it keeps, and the authenticator app.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const STEP_S = 30;

/** A running `readmit demo`, known by the first line it printed. */
export class Demo {
  #spent = new Map();

  constructor({ url, accounts }) {
    this.url = url;
    this.accounts = accounts;
  }

  /** The seeded account whose user ID begins with `name`. */
  account(name) {
    const found = this.accounts.find(({ upn }) => upn.startsWith(`${name}.`));
    assert.ok(found, `no account ${name}`);
    return found;
  }

  /** Every message of a journey, newest first. */
  async messages(supportCode) {
    const { items } = await (await fetch(`${this.url}/demo/outbox.json`)).json();
    return items.filter((item) => item.support_code === supportCode);
  }

  /** The first message that `fits`, as soon as it is there. */
  async message(supportCode, fits) {
    for (const until = Date.now() + 10_000; Date.now() < until; ) {
      const found = (await this.messages(supportCode)).find(fits);
      if (found) return found;
      await pause(50);
    }
    throw new Error(`no such message for ${supportCode}: ${JSON.stringify(await this.messages(supportCode))}`);
  }

  /** The code that came by `channel` with the letters `mark`. */
  async code(supportCode, channel, mark) {
    const letters = channel === 'voice' ? [...mark].join(', ') : mark;
    const { text } = await this.message(supportCode, (item) => item.channel === channel && item.text.includes(letters));
    return (channel === 'voice' ? text.replace(/, /g, '') : text).match(/\b\d{6}\b/)[0];
  }

  /** A code of the account's authenticator app that was never given out before. */
  async appCode(account) {
    for (;;) {
      const now = Math.floor(Date.now() / 1000 / STEP_S);
      const next = Math.max(now, (this.#spent.get(account.upn) ?? 0) + 1);
      if (next <= now + 1) {
        this.#spent.set(account.upn, next);
        return totp(account.app_secret, next);
      }
      await pause(500);
    }
  }
}

/** RFC 6238 with SHA-1, six digits: the code of one time step. */
export function totp(secret, step) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', key).update(counter).digest();
  const word = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

/** Resolves after some milliseconds. */
export function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
