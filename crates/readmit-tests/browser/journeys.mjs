// The journeys of one kind of visitor through a running demo.
//
//   node journeys.mjs --demo FILE --script on|off --width phone|desk [--shots FOLDER] [--only NAME]
//
// FILE holds the first line that `readmit demo` prints. Each journey changes accounts, so every run wants a fresh demo.
// The last line of the output is `{"resets":[{"upn","old","new"}],…}`: whose password is another now.
import { mkdir, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Demo } from './demo.mjs';
import { DETOURS, WITH_SCRIPT } from './detours.mjs';
import { visit, withBrowser } from './lib.mjs';
import { Looks } from './looks.mjs';
import { REFUSALS, refusalsOf } from './refusals.mjs';
import { RESETS } from './resets.mjs';
import { Visitor } from './visitor.mjs';

const AT_ONCE = 4;

const text = { type: 'string' };
const { values } = parseArgs({ options: { demo: text, script: text, width: text, shots: text, only: text } });
const demo = new Demo(JSON.parse(await readFile(values.demo, 'utf8')));
const kind = { script: values.script !== 'off', width: values.width ?? 'desk' };
if (values.shots) await mkdir(values.shots, { recursive: true });
const looks = new Looks(kind, values.shots);

const journeys = [...DETOURS, ...RESETS, ...REFUSALS, ...refusalsOf(demo), ...(kind.script ? WITH_SCRIPT : [])];
const waiting = journeys.filter(({ name }) => !values.only || name === values.only);
const resets = [];
const wrong = [];

async function walk(browser) {
  for (let journey = waiting.shift(); journey; journey = waiting.shift()) {
    const began = Date.now();
    try {
      const locale = journey.name === 'inGerman' ? 'de-DE' : 'en-GB';
      const reset = await visit(browser, { ...kind, locale }, async (page, complaints) => {
        page.setDefaultTimeout(20_000);
        return journey(new Visitor(page, complaints, { kind, demo, looks }));
      });
      if (reset) resets.push(reset);
      console.log(`ok    ${journey.name} ${((Date.now() - began) / 1000).toFixed(1)} s`);
    } catch (error) {
      wrong.push(journey.name);
      console.log(`WRONG ${journey.name}: ${error.stack}`);
    }
  }
}

await withBrowser((browser) => Promise.all(Array.from({ length: AT_ONCE }, () => walk(browser))));
console.log(JSON.stringify({ resets, looks: looks.count, wrong }));
process.exit(wrong.length > 0 ? 1 : 0);
