// Proves the harness itself: what it must notice on a bad page, it notices; on a good page it is silent.
import assert from 'node:assert/strict';
import http from 'node:http';
import { barriers, fitsItsWindow, kinds, seesNoBarriers, tabsTo, visit, withBrowser } from './lib.mjs';

const SHELL = (body) =>
  `<!doctype html><html lang="en"><head><title>Check</title><meta name="viewport" content="width=device-width,initial-scale=1">` +
  `<link rel="icon" href="data:,"></head><body><main><h1>Check</h1>${body}</main></body></html>`;
const PAGES = {
  '/good': SHELL('<form><label for="u">User name</label><input id="u" name="u"><button>Next</button></form><noscript><p id="without">No script</p></noscript>'),
  '/barrier': SHELL('<input id="nameless"><p style="color:#aaa;background:#fff">faint</p>'),
  '/inline': SHELL('<script>document.title = "ran"</script>'),
  '/wide': SHELL('<div style="width:2000px">wide</div>'),
};

const server = http.createServer((request, response) => {
  const body = PAGES[request.url];
  const strict = request.url === '/inline' ? { 'content-security-policy': "default-src 'none'; img-src data:" } : {};
  response.writeHead(body ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...strict });
  response.end(body ?? 'not here');
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const at = (path) => `http://localhost:${server.address().port}${path}`;

await withBrowser(async (browser) => {
  for (const kind of kinds()) {
    await visit(browser, kind, async (page) => {
      await page.goto(at('/good'));
      assert.equal(await page.locator('#without').count(), kind.script ? 0 : 1, 'script on or off as asked');
      await seesNoBarriers(page, kind);
      await fitsItsWindow(page);
      await tabsTo(page, 'button');
      await page.goto(at('/barrier'));
      const found = (await barriers(page, kind)).map((line) => line.split(':')[0]).sort();
      assert.deepEqual(found, ['color-contrast', 'label'], `barriers found ${JSON.stringify(kind)}`);
      await page.goto(at('/wide'));
      await assert.rejects(fitsItsWindow(page), /wide in a window/);
    });
  }
  await assert.rejects(visit(browser, {}, (page) => page.goto(at('/inline'))), /content security policy: script-src/);
  await assert.rejects(visit(browser, {}, (page) => page.goto(at('/missing'))), /console error: .*404/);
  await assert.rejects(visit(browser, {}, (page) => page.goto('http://example.org/').catch(() => {})), /request: .*NOT_RESOLVED/);
});
server.close();
console.log('the harness sees what it must');
