import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseListeners } from './listen.ts';

const plain = {
  ssl: false,
  http2: false,
  proxy_protocol: false,
  deferred: false,
  bind: false,
  reuseport: false,
  udp: false,
};

describe('parseListeners', () => {
  it('reads every HTTP flag', () => {
    const text =
      '127.0.0.1:8001 ssl http2 proxy_protocol deferred bind reuseport backlog=7 ipv6only=off so_keepalive=30m::10';
    assert.deepEqual(parseListeners(text, 'http'), {
      ok: true,
      value: [
        {
          host: '127.0.0.1',
          port: 8001,
          ssl: true,
          http2: true,
          proxy_protocol: true,
          deferred: true,
          bind: true,
          reuseport: true,
          udp: false,
          backlog: 7,
          ipv6only: false,
          so_keepalive: '30m::10',
          text,
        },
      ],
    });
  });

  it('reads several entries, IPv6 addresses, names and port 0', () => {
    assert.deepEqual(parseListeners(' [::1]:8000 ipv6only=on , localhost:0', 'http'), {
      ok: true,
      value: [
        { ...plain, host: '::1', port: 8000, ipv6only: true, text: '[::1]:8000 ipv6only=on' },
        { ...plain, host: 'localhost', port: 0, text: 'localhost:0' },
      ],
    });
  });

  it('reads udp for streams only', () => {
    assert.deepEqual(parseListeners('0.0.0.0:53 udp', 'stream'), {
      ok: true,
      value: [{ ...plain, host: '0.0.0.0', port: 53, udp: true, text: '0.0.0.0:53 udp' }],
    });
    assert.deepEqual(parseListeners('0.0.0.0:53 udp', 'http'), { ok: false, entry: '0.0.0.0:53 udp' });
  });

  it('reads off as nothing', () => {
    assert.deepEqual(parseListeners('off', 'http'), { ok: true, value: [] });
    assert.deepEqual(parseListeners('off, 0.0.0.0:1', 'http'), { ok: true, value: [] });
  });

  for (const entry of [
    '',
    '8000',
    ':8000',
    '0.0.0.0',
    '0.0.0.0:x',
    '0.0.0.0:65536',
    '999.0.0.1:80',
    '::1:8000',
    '[::zz]:80',
    '[1.2.3.4]:80',
    'host:80 shiny',
    'host:80 backlog=x',
    'ho st:80',
  ]) {
    it(`names the bad entry "${entry}"`, () => {
      assert.deepEqual(parseListeners(`0.0.0.0:1, ${entry}`, 'http'), { ok: false, entry });
    });
  }
});
