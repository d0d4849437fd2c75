import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openResolver } from '../../../src/gateway/resolver.ts';
import { createTimerWheel, type Logger, silentLogger } from '../../../src/kernel/index.ts';
import { loadSettings } from '../../../src/settings/index.ts';
import type { GivenSettings } from '../../support/gateway.ts';
import { startNameServer, type TestNameServer } from '../../support/name-server.ts';

describe('the resolver of the settings', () => {
  const wheel = createTimerWheel({ tickMs: 10 });
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-dns-'));
  const resolvConf = join(folder, 'resolv.conf');
  let first: TestNameServer;
  let second: TestNameServer;

  before(async () => {
    wheel.start();
    first = await startNameServer();
    second = await startNameServer();
    first.set('A web.one.test', ['10.0.0.1']);
    second.set('A web.two.test', ['10.0.0.2']);
    first.set('AAAA six.test', ['fd00::6']);
  });
  after(async () => {
    wheel.stop();
    rmSync(folder, { recursive: true });
    await Promise.all([first.close(), second.close()]);
  });

  function open(flags: GivenSettings = {}, logger: Logger = silentLogger) {
    const loaded = loadSettings({ env: {}, flags: { dns_hostsfile: '/dev/null', ...flags }, searchPaths: [] });
    assert.ok(loaded.ok);
    const resolver = openResolver({ settings: loaded.settings, wheel, logger, echoPort: 9, resolvConf });
    return async (name: string): Promise<string[]> => (await resolver.resolve(name, 80)).map(({ ip }) => ip);
  }

  it('asks the servers of resolv.conf as it stands when it is opened', async () => {
    writeFileSync(resolvConf, `nameserver ${first.address}\nsearch one.test\n`);
    const former = open();
    assert.deepEqual(await former('web'), ['10.0.0.1']);
    writeFileSync(resolvConf, `nameserver ${second.address}\nsearch two.test\n`);
    assert.deepEqual(await open()('web'), ['10.0.0.2']);
    assert.deepEqual(await former('web'), ['10.0.0.1']);
  });

  it('asks the servers of the settings with the search domains of resolv.conf', async () => {
    writeFileSync(resolvConf, `nameserver ${second.address}\nsearch one.test\n`);
    assert.deepEqual(await open({ dns_resolver: `${first.address}` })('web'), ['10.0.0.1']);
  });

  it('asks for AAAA only when told to', async () => {
    writeFileSync(resolvConf, `nameserver ${first.address}\n`);
    await assert.rejects(open()('six.test'), { code: 'ERR_DNS_NOT_FOUND' });
    assert.deepEqual(await open({ dns_order: 'last,srv,a,aaaa,cname' })('six.test'), ['fd00::6']);
    const settings = { new_dns_client: 'on', resolver_hosts_file: '/dev/null' };
    await assert.rejects(open(settings)('six.test'), { code: 'ERR_DNS_NOT_FOUND' });
    assert.deepEqual(await open({ ...settings, resolver_family: 'A,AAAA' })('six.test'), ['fd00::6']);
  });

  it('does without files that cannot be read, and says so', async () => {
    const lines: string[] = [];
    rmSync(resolvConf);
    const logger = { ...silentLogger, warn: (line: string) => lines.push(line) };
    assert.deepEqual(await open({ dns_resolver: first.address }, logger)('web.one.test'), ['10.0.0.1']);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^Cannot read ".*resolv\.conf", so names are resolved without it: ENOENT/);
  });
});
