import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const main = join(import.meta.dirname, '../../../src/cli/main.ts');

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('gibbon config', () => {
  let folder: string;
  const run = (args: readonly string[], env: Record<string, string> = {}): Promise<Run> =>
    new Promise((resolve) => {
      const settings = { PATH: process.env['PATH'], KONG_PREFIX: join(folder, 'prefix'), ...env };
      execFile(process.execPath, [main, 'config', ...args], { cwd: folder, env: settings }, (fault, out, err) => {
        resolve({ code: fault === null ? 0 : Number(fault.code), out, err });
      });
    });
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'gibbon-config-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('init writes an example that is good, and overwrites nothing', async () => {
    assert.equal((await run(['init'])).code, 0);
    const example = readFileSync(join(folder, 'kong.yml'), 'utf8');
    assert.match(example, /^_format_version: "3.0"$/m);
    const again = await run(['init']);
    assert.equal(again.code, 1);
    assert.match(again.err, /kong\.yml already exists\.\nWill not overwrite it\./);
    assert.deepEqual(await run(['parse', 'kong.yml']), { code: 0, out: 'parse successful\n', err: '' });
    // What the example shows in comments is good as well.
    put('all.yml', example.replace(/^# ?(?=(?:services|routes|consumers|plugins|- | {2}))/gm, ''));
    assert.deepEqual(await run(['parse', 'all.yml']), { code: 0, out: 'parse successful\n', err: '' });
  });

  it('parse tells every mistake', async () => {
    put('bad.yml', '_format_version: "3.0"\nservices: [{name: a}]\nx: 1\n');
    const { code, out, err } = await run(['parse', 'bad.yml']);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(
      err,
      /^Error: Failed parsing:\nin 'x': unknown field\nin 'services':\n {2}- in entry 1 of 'services':\n {4}in 'host': required field missing\n/,
    );
  });

  it('parse wants a file that tells its kind', async () => {
    assert.match((await run(['parse'])).err, /^Error: expected a declarative configuration file/);
    assert.match((await run(['parse', put('kong.txt', '')])).err, /unknown file type: .*kong\.txt\. \(Accepted types/);
    assert.match((await run(['parse', 'none.yml'])).err, /^Error: Failed parsing:\n.*no such file/);
  });

  it('db_import and db_export carry a configuration through the store', async () => {
    put(
      'in.yml',
      `
_format_version: "3.0"
services:
- {name: a, host: a.test, tags: [x], routes: [{name: r, paths: [/], plugins: [{name: key-auth}]}]}
consumers:
- {username: bob, keyauth_credentials: [{key: k}]}
`,
    );
    const imported = { code: 0, out: 'parse successful, beginning import\nimport successful\n', err: '' };
    assert.deepEqual(await run(['db_import', 'in.yml']), imported);
    assert.equal((await run(['db_export', 'one.yml'])).code, 0);
    assert.deepEqual(await run(['db-import', 'one.yml']), imported);
    assert.equal((await run(['db-export', 'two.yml'])).code, 0);
    const texts = ['one.yml', 'two.yml'].map((name) =>
      readFileSync(join(folder, name), 'utf8').replace(/updated_at: \d+/g, 'updated_at: 0'),
    );
    assert.equal(texts[0], texts[1]);
    assert.match(texts[0]!, /^_format_version: '3\.0'\n_transform: false\n/);
    assert.match((await run(['db_export', 'two.yml'])).err, /two\.yml already exists\. Will not overwrite it\./);
  });

  it('db_import writes all or nothing', async () => {
    put(
      'clash.yml',
      '_format_version: "3.0"\nservices:\n- {name: new, host: a}\n- {name: a, id: 00000000-0000-4000-8000-000000000001, host: b}\n',
    );
    const { code, err } = await run(['db_import', 'clash.yml']);
    assert.equal(code, 1);
    assert.match(err, /^Error: Failed importing:\nUNIQUE violation detected on '\{name="a"\}'/);
    assert.equal((await run(['db_export', 'after.yml'])).code, 0);
    assert.doesNotMatch(readFileSync(join(folder, 'after.yml'), 'utf8'), /name: new/);
  });

  it('db_import and db_export need a database', async () => {
    const off = { KONG_DATABASE: 'off' };
    assert.match((await run(['db_import', 'in.yml'], off)).err, /only works with a database/);
    assert.match((await run(['db_export', 'x.yml'], off)).err, /only works with a database/);
  });
});
