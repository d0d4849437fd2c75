import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHosts } from './hosts-file.ts';

describe('hosts file', () => {
  it('reads addresses and names, first line first for each family', () => {
    const hosts = parseHosts(
      [
        '127.0.0.1\tlocalhost Machine # me',
        '::1 localhost ip6-localhost',
        '# 10.0.0.9 nobody',
        '',
        '10.0.0.1 api api.internal\r',
        '10.0.0.2 api',
        'nonsense here',
        '10.0.0.3',
        'fe80::1 api',
      ].join('\n'),
    );
    assert.deepEqual(Object.fromEntries(hosts), {
      localhost: { v4: '127.0.0.1', v6: '::1' },
      machine: { v4: '127.0.0.1' },
      'ip6-localhost': { v6: '::1' },
      api: { v4: '10.0.0.1', v6: 'fe80::1' },
      'api.internal': { v4: '10.0.0.1' },
    });
  });

  it('always knows localhost', () => {
    assert.deepEqual(Object.fromEntries(parseHosts('')), { localhost: { v4: '127.0.0.1', v6: '::1' } });
  });
});
