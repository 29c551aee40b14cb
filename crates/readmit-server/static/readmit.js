// Readmit: what script adds to every page of the portal: Copy, one press, the human check. All works without it.
(() => {
  'use strict';
  const all = (selector) => document.querySelectorAll(selector);
  const byId = (id) => document.getElementById(id);

  // A wired control loses the class js, so that browsers without the media feature show it too.
  const wire = (selector, start) => {
    for (const it of all(selector)) {
      start(it);
      it.classList.remove('js');
    }
  };

  wire('[data-copy]', (button) => {
    button.onclick = async () => {
      const lines = byId(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(lines.textContent);
        button.nextElementSibling.textContent = button.dataset.done;
      } catch {
        getSelection().selectAllChildren(lines);
      }
    };
  });

  // One press is enough; a second one would only meet a page that is out of date.
  for (const form of all('form[method=post]')) {
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = '1';
    });
  }
  addEventListener('pageshow', () => {
    for (const form of all('[data-sent]')) delete form.dataset.sent;
  });

  // The human check: a nonce so that SHA-256 of "challenge:nonce" begins with so many zero bits.
  // It runs on the main thread in slices of at most 16 ms, and needs no worker.
  // The round constants are the first 32 bits behind the point of the cube roots of the first 64 primes.
  const K = [];
  for (let p = 2; K.length < 64; p += 1) {
    let d = 2;
    while (p % d) d += 1;
    if (d === p) K.push((Math.cbrt(p) * 2 ** 32) | 0);
  }
  const W = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  // One block of FIPS 180-4: `bytes` from `at` on, mixed into the eight words of `state`.
  const mix = (state, bytes, at) => {
    for (let i = 0; i < 16; i += 1, at += 4) {
      W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const p = W[i - 15];
      const q = W[i - 2];
      W[i] = W[i - 16] + (turn(p, 7) ^ turn(p, 18) ^ (p >>> 3)) + W[i - 7] + (turn(q, 17) ^ turn(q, 19) ^ (q >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const t = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = (d + s) | 0; d = c; c = b; b = a; a = (s + t) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  };

  // Answers whether a nonce is right; the part that never changes is mixed only once.
  const proof = (challenge, bits) => {
    const head = new TextEncoder().encode(challenge + ':');
    const whole = head.length - (head.length % 64);
    const start = new Int32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
    for (let at = 0; at < whole; at += 64) mix(start, head, at);
    const state = new Int32Array(8);
    const tail = new Uint8Array(128);
    const rest = head.length - whole;
    return (nonce) => {
      const digits = String(nonce);
      tail.fill(0);
      tail.set(head.subarray(whole));
      let end = rest;
      for (let i = 0; i < digits.length; i += 1) tail[end++] = digits.charCodeAt(i);
      tail[end] = 128;
      const size = end < 56 ? 64 : 128;
      new DataView(tail.buffer).setUint32(size - 4, (head.length + digits.length) * 8);
      state.set(start);
      for (let at = 0; at < size; at += 64) mix(state, tail, at);
      return Math.clz32(state[0]) >= bits;
    };
  };

  for (const form of all('form[data-bits]')) {
    const { challenge, nonce } = form.elements;
    const button = form.querySelector('[type=submit]');
    let done = false;
    let waiting = false;
    // Without a nonce the server takes the road of a browser that runs no script.
    const finish = (found) => {
      nonce.value = found;
      done = true;
      if (waiting) form.submit();
    };
    form.addEventListener('submit', (event) => {
      if (done) return;
      event.preventDefault();
      if (waiting) return;
      waiting = true;
      button.setAttribute('aria-busy', 'true');
      button.textContent = form.dataset.busy;
    });
    try {
      const right = proof(challenge.value, Math.min(32, Number(form.dataset.bits)));
      let next = 0;
      const slice = () => {
        try {
          for (const until = performance.now() + 12; performance.now() < until;) {
            for (let i = 0; i < 64; i += 1, next += 1) if (right(next)) return finish(next);
          }
          setTimeout(slice);
        } catch {
          finish('');
        }
      };
      setTimeout(slice);
    } catch {
      finish('');
    }
  }
})();
