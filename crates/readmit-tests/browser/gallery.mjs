// Every page in every state and language, as files, with axe: what the journeys cannot reach in a few minutes is here too.
//
//   node gallery.mjs FOLDER WIDTH SCHEME
import http from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { WIDTHS, visit, withBrowser } from './lib.mjs';
import { wrongWith } from './looks.mjs';

const AT_ONCE = 2;
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const [folder, width, scheme] = process.argv.slice(2);
const server = http.createServer(async (request, response) => {
  try {
    const body = await readFile(join(folder, request.url));
    response.writeHead(200, { 'content-type': TYPES[extname(request.url)], 'content-security-policy': STRICT });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

const pages = (await readdir(folder)).filter((name) => name.endsWith('.html'));
if (pages.length < 100) throw new Error(`only ${pages.length} pages`);
const wrong = [];
const waiting = [...pages];

async function look(page) {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    await page.goto(`http://127.0.0.1:${server.address().port}/${name}`);
    wrong.push(...(await wrongWith(page, { width, scheme }, [scheme])).map((line) => `${name}: ${line}`));
  }
}

await withBrowser((browser) => Promise.all(Array.from({ length: AT_ONCE }, () => visit(browser, { width, scheme }, look))));
server.close();
console.log([`${pages.length} pages at ${WIDTHS[width].width} px, ${scheme}`, ...wrong].join('\n'));
process.exit(wrong.length > 0 ? 1 : 0);
