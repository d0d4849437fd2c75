import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../support/gateway.ts';
import { curlLines, paste } from '../support/paste.ts';
import { requireService } from '../support/services.ts';

const curl = requireService('curl');

const root = resolve(import.meta.dirname, '../..');
let gateway: InProcessGateway | undefined;
/** Where lines are pasted: some of them write files. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gibbon-paste-'));
});
afterEach(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Pastes lines one after another; each must succeed, or give the status that its comment announces. */
async function pasteAll(lines: readonly string[]): Promise<string[]> {
  const [proxy] = gateway!.running.addresses.proxy;
  const [admin] = gateway!.running.addresses.admin;
  const outputs: string[] = [];
  for (const line of lines) {
    const { status, announced, output } = await paste(curl, line, { 8000: proxy!.port, 8001: admin!.port }, folder);
    if (announced === undefined) assert.ok(status >= 200 && status < 300, `${line}: ${status} ${output}`);
    else assert.equal(status, announced, `${line}: ${output}`);
    outputs.push(output);
  }
  return outputs;
}

describe('lines to paste', () => {
  it('of the README work, one after another, on a node that was just started', async () => {
    gateway = await startTestGateway({ demo: 'on' });
    const lines = curlLines(readFileSync(join(root, 'README.md'), 'utf8'));
    assert.equal(lines.length, 9);
    const outputs = await pasteAll(lines);
    assert.match(outputs[0]!, /^HTTP\/1\.1 200 [\s\S]*"\/echo"/);
    assert.match(outputs[3]!, /^HTTP\/1\.1 200 [\s\S]*"database"/);
  });

  it('of the plugins work where there is a service, a route and a consumer', async () => {
    gateway = await startTestGateway();
    const { admin } = gateway;
    const [address] = gateway.running.addresses.admin;
    await admin('POST', '/services', { name: 'shop', url: `http://127.0.0.1:${address!.port}/status` });
    await admin('POST', '/services/shop/routes', { name: 'shop', paths: ['/shop'] });
    for (const page of globSync('src/plugins/*/README.md', { cwd: root }).toSorted()) {
      // Lines that name a file or a variable are for those who have one.
      const lines = curlLines(readFileSync(join(root, page), 'utf8')).filter((line) => !/@\w|"[^"]*\$/.test(line));
      assert.ok(lines.length > 0, `${page} has no line to paste`);
      const makesAnn = lines.some((line) => line.includes('/consumers -d username=ann'));
      if (!makesAnn) await admin('POST', '/consumers', { username: 'ann' });
      const ports = { 8000: gateway.port, 8443: gateway.tlsPort, 8001: address!.port };
      for (const line of lines) {
        const { status, output } = await paste(curl, line, ports, folder);
        // A plugin may refuse; what must not be is a fault of ours, or nobody there.
        const isFine = /:(8000|8443)\//.test(line) ? ![0, 404, 500, 502].includes(status) : status === 201;
        assert.ok(isFine, `${page}: ${line}: ${status} ${output}`);
      }
      await admin('DELETE', '/consumers/ann', undefined, 204);
      const { body } = await admin('GET', '/plugins');
      for (const { id } of body.data) await admin('DELETE', `/plugins/${id}`, undefined, 204);
    }
  });

  it('of the page on upstreams work, one after another', async () => {
    gateway = await startTestGateway();
    const lines = curlLines(readFileSync(join(root, 'docs/upstreams.md'), 'utf8'));
    // Whoever has that name can set its addresses, whoever has a file or a variable can name it.
    await pasteAll(lines.filter((line) => !/node\.internal|=<\w|"\$/.test(line)));
  });

  it('of the guide to plugins work with the plugin that it shows', async () => {
    const guide = readFileSync(join(root, 'docs/plugin-development.md'), 'utf8');
    writeFileSync(join(folder, 'greeting.ts'), /```ts\n([\s\S]*?)```/.exec(guide)![1]!);
    gateway = await startTestGateway({ demo: 'on', plugins: 'bundled,greeting', plugin_path: folder });
    const [line = ''] = curlLines(guide);
    const [answer] = await pasteAll([line, 'curl -i localhost:8000/echo']).then((outputs) => outputs.slice(1));
    assert.match(answer!, /^X-Greeting: ahoy\r$/m);
  });
});
