import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { GibbonError } from '../kernel/index.ts';
import { loadCustomPlugin } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'gibbon-plugins-'));
after(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function source(name: string, exported = 'plugin'): string {
  return (
    `import { definePlugin, f } from 'gibbon-gateway/pdk';\n` +
    `export const ${exported} = definePlugin({ name: '${name}', version: '1.0.0', priority: 7,\n` +
    `  config: { word: f.string({ default: 'x' }) }, setup: () => () => ({}) });\n`
  );
}

const esm = '"type":"module"';
write('path/one.ts', `${source('one')}export type Unused = string;\n`);
write('path/two.mjs', source('two', 'anything'));
write('path/three/index.ts', source('three'));
write('path/four/package.json', `{${esm},"main":"lib/four.js"}`);
write('path/four/lib/four.js', source('four'));
write('path/five/package.json', `{${esm},"exports":{".":{"types":"./x.d.ts","import":"./five.js"}}}`);
write('path/five/five.js', `${source('five', 'five')}export default five;\n`);
write('node_modules/six/package.json', `{${esm},"exports":"./six.js"}`);
write('node_modules/six/six.js', source('six'));
write('node_modules/gibbon-plugin-seven/package.json', `{${esm}}`);
write('node_modules/gibbon-plugin-seven/index.js', source('seven'));
write('path/node_modules/kong-plugin-eight/package.json', `{${esm}}`);
write('path/node_modules/kong-plugin-eight/index.js', source('eight'));

for (const name of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']) {
  test(`finds the plugin "${name}"`, async () => {
    const plugin = await loadCustomPlugin(name, [join(root, 'nowhere'), join(root, 'path')]);
    assert.deepEqual([plugin.name, plugin.priority, Object.keys(plugin.config)], [name, 7, ['word']]);
  });
}

test('a worker thread loads plugins itself', async () => {
  const loader = new URL('./load-custom.ts', import.meta.url).href;
  const script =
    `const { parentPort, workerData } = require('node:worker_threads');` +
    `import('${loader}').then(({ loadCustomPlugin }) => loadCustomPlugin('one', [workerData]))` +
    `.then((plugin) => parentPort.postMessage(plugin.name));`;
  const worker = new Worker(script, { eval: true, workerData: join(root, 'path') });
  const name = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  assert.equal(name, 'one');
});

write('path/broken.mjs', `throw new Error('no luck');\n`);
write('path/empty.mjs', 'export const answer = 42;\n');
write('path/other.mjs', source('another'));
write(
  'path/lame.mjs',
  `export const plugin = { name: 'lame', version: '1', priority: 'high', config: {}, setup() {} };\n`,
);

const refused: readonly [name: string, code: string, text: RegExp][] = [
  ['../one', 'ERR_PLUGIN_NAME', /^Cannot load plugin "\.\.\/one": the name may hold letters/],
  ['absent', 'ERR_PLUGIN_NOT_FOUND', /^Cannot find plugin "absent": looked for\n {2}.*path\/absent\.ts\n/],
  ['broken', 'ERR_PLUGIN_LOAD', /^Cannot load plugin "broken" from ".*broken\.mjs": no luck$/],
  ['empty', 'ERR_PLUGIN_INVALID', /: it exports no plugin made by definePlugin$/],
  ['other', 'ERR_PLUGIN_INVALID', /: it exports the plugin "another", and none called "other"$/],
  ['lame', 'ERR_PLUGIN_INVALID', /: its priority must be a number$/],
];

for (const [name, code, text] of refused) {
  test(`refuses "${name}" with ${code}`, async () => {
    await assert.rejects(loadCustomPlugin(name, [join(root, 'path')]), (thrown) => {
      assert.ok(thrown instanceof GibbonError);
      assert.equal(thrown.code, code);
      assert.match(thrown.message, text);
      return true;
    });
  });
}

test('the places that were looked at are all named', async () => {
  await assert.rejects(loadCustomPlugin('absent', [join(root, 'path')]), ({ message }: Error) => {
    for (const place of [
      'path/absent.js',
      'path/absent.mjs',
      'path/absent/index.ts',
      'path/absent/package.json',
      'path/node_modules/absent/package.json',
      'node_modules/gibbon-plugin-absent/package.json',
      'node_modules/kong-plugin-absent/package.json',
    ]) {
      assert.ok(message.includes(`${join(root, place)}\n`) || message.endsWith(place), place);
    }
    return true;
  });
});
