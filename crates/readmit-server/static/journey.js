// Readmit: what script adds within a journey: Show, the live rules, the ten-second offer, looking again.
(() => {
  'use strict';
  const all = (selector) => document.querySelectorAll(selector);
  const byId = (id) => document.getElementById(id);

  for (const button of all('[data-show]')) {
    const words = [button.textContent, button.getAttribute('aria-label')];
    button.onclick = () => {
      const shown = button.getAttribute('aria-pressed') === 'true';
      for (const id of button.dataset.show.split(' ')) byId(id).type = shown ? 'password' : 'text';
      button.textContent = shown ? words[0] : button.dataset.hide;
      button.setAttribute('aria-label', shown ? words[1] : button.dataset.hideLabel);
      button.setAttribute('aria-pressed', String(!shown));
    };
    button.classList.remove('js');
  }

  // The ten-second offer: the buttons stand there from the start, only the words change.
  for (const it of all('[data-after]')) {
    setTimeout(() => { it.textContent = it.dataset.then; }, it.dataset.after * 1000);
  }

  // Saving can take a while: the button says so.
  for (const form of all('[data-saving]')) {
    form.addEventListener('submit', () => {
      const button = form.querySelector('.button[type=submit]');
      button.setAttribute('aria-busy', 'true');
      button.textContent = form.dataset.saving;
    });
    addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  }

  // A page that waits for a directory looks again by itself.
  for (const it of all('[data-look]')) setTimeout(() => location.reload(), it.dataset.look * 1000);

  const judge = {
    min_length: (text, n) => [...text].length >= n,
    max_length: (text, n) => [...text].length <= n,
    classes: (text, n) => [/\p{Ll}/u, /\p{Lu}|\p{Lt}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((kind) => kind.test(text)).length >= n,
  };
  for (const list of all('[data-live]')) {
    const field = byId(list.dataset.live);
    const rules = [...list.querySelectorAll('[data-rule]')];
    const counts = list.dataset.counts.split('|');
    field.oninput = () => {
      const text = field.value.normalize('NFC');
      let met = 0;
      for (const rule of rules) {
        const good = text !== '' && judge[rule.dataset.rule](text, Number(rule.dataset.n));
        if (good) met += 1;
        rule.className = good ? 'ok' : '';
        rule.firstElementChild.textContent = good ? list.dataset.met : list.dataset.not;
      }
      byId(list.dataset.state).textContent = counts[met];
    };
  }
})();
