import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { featureErrors, renderSummary } from './compatibility.ts';
import { renderConfiguration } from './configuration.ts';
import { expectedText, formatTable } from './generated.ts';
import { checkLinks } from './links.ts';
import { settingsUseErrors } from './settings-use.ts';

describe('expectedText', () => {
  const doc = { path: 'a.md', render: () => 'new' };

  it('is the whole file, or the file with its part replaced', () => {
    assert.equal(expectedText(doc, 'old'), 'new\n');
    assert.equal(
      expectedText({ ...doc, part: 'x' }, 'a\n<!-- begin:x -->\nold\n<!-- end:x -->\nb\n'),
      'a\n<!-- begin:x -->\n\nnew\n\n<!-- end:x -->\nb\n',
    );
  });

  it('wants the part to be there', () => {
    assert.throws(() => expectedText({ ...doc, part: 'x' }, 'nothing'), /a\.md has no part/);
  });
});

describe('formatTable', () => {
  it('aligns columns and escapes bars', () => {
    assert.equal(
      formatTable(['Key', 'B'], [['a|b', 'long text'], ['c']]),
      '| Key  | B         |\n| ---- | --------- |\n| a\\|b | long text |\n| c    |           |',
    );
  });
});

describe('checkLinks', () => {
  const exists = (path: string): boolean => ['README.md', 'docs/a.md', 'src/x.ts'].includes(path);

  it('takes files, headings and other sites', () => {
    const pages = [
      {
        path: 'README.md',
        text: '# Top\n[a](docs/a.md) [b](docs/a.md#the-start-of-it) [c](https://x.test/y) [d](#top)',
      },
      {
        path: 'docs/a.md',
        text: '## The start, of it\n[up](../README.md#top-1) [code](../src/x.ts)\n```\n[no](none.md)\n```\n',
      },
      { path: 'docs/b.md', text: '`[no](none.md)`' },
    ];
    pages[0]!.text += '\n## Top';
    assert.deepEqual(checkLinks(pages, exists), []);
  });

  it('names links that lead nowhere', () => {
    const pages = [{ path: 'README.md', text: '# Top\n[a](none.md)\n[b](#bottom) [c](../outside.md)' }];
    assert.deepEqual(checkLinks(pages, exists), [
      'README.md:2: no file at "none.md"',
      'README.md:3: "README.md" has no heading "#bottom"',
      'README.md:3: no file at "../outside.md"',
    ]);
  });
});

describe('settingsUseErrors', () => {
  it('holds effect and inertness to what the code reads', () => {
    const active = { kind: 'string', description: '', since: '1.0' } as const;
    const idle = { ...active, inert: true };
    const properties = { used: active, not_used: active, at_rest: idle, wo_ken: idle, vaults: idle };
    const sources = [
      { path: 'src/settings/properties/a.ts', text: 'used not_used at_rest wo_ken vaults' },
      { path: 'src/settings/checks/a.ts', text: 'draft.at_rest' },
      { path: 'src/gateway/a.ts', text: "settings.used; const { wo_ken } = settings; dao('vaults')" },
      { path: 'src/gateway/a.test.ts', text: 'settings.not_used' },
    ];
    assert.deepEqual(settingsUseErrors(properties, sources), [
      'setting "not_used" is read nowhere: mark it as inert',
      'setting "wo_ken" is read now: it is not inert any more',
    ]);
  });
});

describe('pages', () => {
  it('counts 621 features', () => {
    assert.deepEqual(featureErrors(), []);
    assert.match(renderSummary(), /\| \*\*621\*\* \|$/);
  });

  it('lists every key once', () => {
    const page = renderConfiguration();
    for (const key of ['proxy_listen', 'sqlite_path', 'nginx_worker_processes', 'pg_password']) {
      assert.equal(page.split(`\n| \`${key}\` `).length, 2, key);
    }
  });
});
