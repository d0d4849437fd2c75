import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neededServices, selectSuites } from './suites.ts';

describe('neededServices', () => {
  it('reads literal names, each once', () => {
    const source = `const nginx = requireService('nginx'); requireService( "curl" ); requireService('nginx'); myRequireService;`;
    assert.deepEqual(neededServices(source), ['nginx', 'curl']);
  });
});

describe('selectSuites', () => {
  it('leaves out files whose services cannot be had, and asks for each service once', () => {
    const sources: Record<string, string> = {
      'a.test.ts': "requireService('nginx')",
      'b.test.ts': "requireService('openssl'); requireService('nginx')",
      'c.test.ts': '',
      'd.test.ts': "requireService('oracle')",
    };
    const asked: string[] = [];
    const selection = selectSuites(
      Object.keys(sources),
      (name) => {
        asked.push(name);
        return name === 'nginx' ? { ok: true } : { ok: false, reason: 'not installed' };
      },
      (file) => sources[file]!,
    );
    assert.deepEqual(selection, {
      runnable: ['a.test.ts', 'c.test.ts'],
      leftOut: [
        { file: 'b.test.ts', reason: 'openssl: not installed' },
        { file: 'd.test.ts', reason: 'oracle: no such service in scripts/services.ts' },
      ],
    });
    assert.deepEqual(asked, ['nginx', 'openssl']);
  });
});
