import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBanner } from './banner.ts';

const addresses = {
  proxy: [
    { host: '0.0.0.0', port: 8000, ssl: false },
    { host: '0.0.0.0', port: 8443, ssl: true },
  ],
  admin: [{ host: '127.0.0.1', port: 8001, ssl: false }],
  status: [],
  stream: [],
};

describe('formatBanner', () => {
  it('shows where the node listens and what to paste', () => {
    const text = formatBanner({ version: '1.2.3', addresses, hasDemo: true, hasColors: false });
    assert.equal(
      text,
      `Gibbon 1.2.3 started

  proxy   http://0.0.0.0:8000  https://0.0.0.0:8443
  admin   http://127.0.0.1:8001
  status  off

Ask it something:

  curl -i localhost:8000/echo

Route something (here: to its own Admin API):

  curl localhost:8001/services -d name=example -d url=http://localhost:8001
  curl localhost:8001/services/example/routes -d name=example -d 'paths[]=/example'
  curl -i localhost:8000/example/status
`,
    );
  });

  it('names no example that cannot work', () => {
    const text = formatBanner({
      version: '1',
      addresses: { ...addresses, admin: [] },
      hasDemo: false,
      hasColors: false,
    });
    assert.equal(text.includes('curl'), false);
  });

  it('brackets IPv6 addresses, and paints on terminals only', () => {
    const proxy = [{ host: 'fe80::1', port: 1, ssl: false }];
    const text = formatBanner({ version: '1', addresses: { ...addresses, proxy }, hasDemo: true, hasColors: true });
    assert.match(text, /http:\/\/\[fe80::1\]:1/);
    assert.match(text, /curl -i \[fe80::1\]:1\/echo/);
    assert.equal(text.startsWith('\u001b[1mGibbon'), true);
  });

  it('shows where raw streams come in', () => {
    const stream = [
      { host: '0.0.0.0', port: 5432, ssl: false, udp: false },
      { host: '0.0.0.0', port: 9443, ssl: true, udp: false },
      { host: '0.0.0.0', port: 53, ssl: false, udp: true },
    ];
    const text = formatBanner({ version: '1', addresses: { ...addresses, stream }, hasDemo: false, hasColors: false });
    assert.match(text, /\n {2}stream {2}tcp:\/\/0\.0\.0\.0:5432 {2}tls:\/\/0\.0\.0\.0:9443 {2}udp:\/\/0\.0\.0\.0:53\n/);
  });
});
