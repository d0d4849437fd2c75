import { createHmac } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { machineToken } from '../../integration/openid-connect/stage.ts';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { createProviderKey, type OpenidProvider, startOpenidProvider } from '../../support/openid-provider.ts';
import { compareStep, type StepOutcome } from '../plugins/compare-step.ts';
import type { PluginStep } from '../plugins/plugin-case.ts';
import { openidCases } from './openid-connect.cases.ts';

let provider: OpenidProvider;
let upstream: Server;
let asked: StepOutcome['upstream'];
const words = new Map<string, string>();

before(async () => {
  provider = await startOpenidProvider({ keys: [createProviderKey('one')] });
  words.set('{issuer}', provider.issuer);
  words.set('{read}', await machineToken(provider));
  words.set('{write}', await machineToken(provider, { scope: 'read write' }));
  words.set('{opaque}', await machineToken(provider, { isOpaque: true }));
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256' })}.${part({ iss: 'secretive' })}`;
  words.set('{hs256}', `${signed}.${createHmac('sha256', 'a secret').update(signed).digest('base64url')}`);
  upstream = createServer((incoming, outgoing) => {
    asked = { headers: incoming.headers, query: incoming.url!.split('?')[1] ?? '', body: '' };
    outgoing.end();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  await provider.close();
});

/** Puts what they stand for in the place of words. */
function fill<T>(value: T): T {
  let text = JSON.stringify(value);
  for (const [word, meaning] of words) text = text.replaceAll(word, meaning);
  return JSON.parse(text) as T;
}

/** The whole configuration, as a declarative file has it. */
function configuration(): {
  readonly services: readonly { readonly routes: readonly { readonly plugins: readonly object[] }[] }[];
  readonly consumers: readonly { readonly username: string }[];
} {
  return fill({
    _format_version: '3.0',
    services: openidCases.map(({ plugins }, at) => ({
      name: `service-${at}`,
      url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      routes: [{ name: `route-${at}`, hosts: [`row-${at}.test`], paths: ['/'], plugins }],
    })),
    consumers: [
      {
        username: 'machine',
        custom_id: 'm-1',
        keyauth_credentials: [{ key: 'a-key' }],
        jwt_secrets: [{ key: 'machine' }, { key: 'secretive', secret: 'a secret' }],
      },
      { username: 'nobody' },
    ],
  });
}

async function configureBySqlite(gateway: InProcessGateway): Promise<void> {
  const { services, consumers } = configuration();
  for (const { routes, ...service } of services) {
    const made = await gateway.admin('POST', '/services', service);
    for (const { plugins, ...route } of routes) {
      const placed = await gateway.admin('POST', `/services/${made.body.id}/routes`, route);
      for (const plugin of plugins) await gateway.admin('POST', `/routes/${placed.body.id}/plugins`, plugin);
    }
  }
  for (const { keyauth_credentials: keys = [], jwt_secrets: secrets = [], ...consumer } of consumers as readonly {
    readonly username: string;
    readonly keyauth_credentials?: readonly object[];
    readonly jwt_secrets?: readonly object[];
  }[]) {
    await gateway.admin('POST', '/consumers', consumer);
    for (const key of keys) await gateway.admin('POST', `/consumers/${consumer.username}/key-auth`, key);
    for (const secret of secrets) await gateway.admin('POST', `/consumers/${consumer.username}/jwt`, secret);
  }
}

async function send(port: number, host: string, { request = {} }: PluginStep): Promise<StepOutcome> {
  asked = undefined;
  const { method = 'GET', path = '/', query, headers = {} } = request;
  const target = query === undefined ? path : `${path}?${query}`;
  const got = await new Promise<Omit<StepOutcome, 'upstream'>>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path: target, headers: { ...headers, host }, agent: false };
    const sent = httpRequest(options as object, (incoming) => {
      incoming
        .setEncoding('utf8')
        .toArray()
        .then(
          (parts) => resolve({ status: incoming.statusCode!, headers: incoming.headers, body: parts.join('') }),
          reject,
        );
    });
    sent.on('error', reject).end();
  });
  return { ...got, upstream: asked };
}

for (const database of ['sqlite', 'off'] as const) {
  describe(`openid-connect with database=${database}`, () => {
    let gateway: InProcessGateway;
    before(async () => {
      gateway = await startTestGateway({ database });
      if (database === 'off') await gateway.admin('POST', '/config', configuration());
      else await configureBySqlite(gateway);
    });
    after(() => gateway.stop());

    for (const [at, { title, steps }] of openidCases.entries()) {
      test(title, async () => {
        for (const step of steps) compareStep(await send(gateway.port, `row-${at}.test`, fill(step)), fill(step));
      });
    }
  });
}
