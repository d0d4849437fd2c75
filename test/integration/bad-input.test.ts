import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../support/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../support/scripted-upstream.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const secret = 'ann-secret-of-the-tokens';
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);

function token(header: object, claims: unknown, key = secret): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

const hs256 = { typ: 'JWT', alg: 'HS256' };
const good = token(hs256, { iss: 'ann', exp: now + 600, nbf: now - 1 });
const [goodHead, goodClaims, goodSignature] = good.split('.') as [string, string, string];
const byRsa = (alg: string, claims: object): string => {
  const signed = `${part({ alg })}.${part(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(rsa.privateKey, 'base64url')}`;
};

/** An object in an object, so many deep. */
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const raw = (text: string): string => Buffer.from(text).toString('base64url');

const tokens: readonly (readonly [title: string, token: string])[] = [
  ['alg none without a signature', `${part({ alg: 'none' })}.${goodClaims}.`],
  ['alg none with two parts', `${part({ alg: 'none' })}.${goodClaims}`],
  ['alg None with the signature of another', `${part({ alg: 'None' })}.${goodClaims}.${goodSignature}`],
  ['no alg', `${part({ typ: 'JWT' })}.${goodClaims}.${goodSignature}`],
  ['an alg that is no text', token({ alg: ['HS256'] }, { iss: 'ann' })],
  ['an alg that objects have by nature', token({ alg: '__proto__' }, { iss: 'ann' })],
  ['the algorithm of another key', token({ alg: 'HS512' }, { iss: 'ann' })],
  ['a public key taken for a secret', token(hs256, { iss: 'signer' }, publicPem)],
  ['RS256 for a secret', byRsa('RS256', { iss: 'ann' })],
  ['a signature cut short', good.slice(0, -10)],
  ['an empty signature', `${goodHead}.${goodClaims}.`],
  ['only the head', goodHead],
  ['dots alone', '..'],
  ['many dots', '.'.repeat(2000)],
  ['four parts', `${good}.${goodSignature}`],
  ['claims of another token', `${goodHead}.${part({ iss: 'ann', exp: now + 6000, nbf: 1 })}.${goodSignature}`],
  ['a head that is no JSON', `${raw('{')}.${goodClaims}.${goodSignature}`],
  ['a head that is null', `${raw('null')}.${goodClaims}.${goodSignature}`],
  ['a head that is a list', `${raw('[]')}.${goodClaims}.${goodSignature}`],
  ['claims that are null', token(hs256, null)],
  ['claims that are a text', token(hs256, 'ann')],
  ['claims that are a number', token(hs256, 42)],
  ['an issuer that is an object', token(hs256, { iss: { id: 'ann' } })],
  ['an issuer that nobody has', token(hs256, { iss: 'nobody' })],
  ['characters that are no base64', `${goodHead}.!!!!.${goodSignature}`],
  ['bytes that are no UTF-8', `${goodHead}.${Buffer.from([0xff, 0xfe, 0xc0]).toString('base64url')}.${goodSignature}`],
  ['claims nested a thousand deep', `${goodHead}.${raw(nested(1000))}.${goodSignature}`],
  ['an expired one', token(hs256, { iss: 'ann', exp: now - 1, nbf: now - 9 })],
  ['an expiry that is a text', token(hs256, { iss: 'ann', exp: '99999999999', nbf: 1 })],
  ['an expiry below nothing', token(hs256, { iss: 'ann', exp: -1, nbf: -9 })],
  ['one that is not good yet', token(hs256, { iss: 'ann', exp: now + 600, nbf: now + 300 })],
  ['a giant one', `${goodHead}.${raw(`{"iss":"ann","pad":"${'x'.repeat(20_000)}"}`)}.${goodSignature}`],
  ['a giant signature', `${goodHead}.${goodClaims}.${'A'.repeat(20_000)}`],
];

const basic = (text: string | Buffer): string => `Basic ${Buffer.from(text).toString('base64')}`;
const passwords: readonly (readonly [title: string, authorization: string])[] = [
  ['nothing behind the scheme', 'Basic '],
  ['no colon', basic('ann')],
  ['an empty name', basic(':secret')],
  ['an empty password', basic('ann:')],
  ['the password of nobody', basic('bob:secret')],
  ['characters that are no base64', 'Basic !!!not*base64???'],
  ['base64 cut short', basic('ann:secret').slice(0, -3)],
  ['bytes that are no UTF-8', basic(Buffer.from([0xff, 0x3a, 0xfe]))],
  ['a byte of 0', basic('ann\0:secret')],
  ['a giant name', basic(`${'a'.repeat(12_000)}:secret`)],
  ['a giant password', basic(`ann:${'s'.repeat(12_000)}`)],
  ['blanks alone', `Basic ${' '.repeat(4000)}`],
];

function signature(date: string, fields = 'date', key = 'hmac-secret', algorithm = 'hmac-sha256'): string {
  const signed = createHmac('sha256', key).update(`date: ${date}`).digest('base64');
  return `hmac username="ann", algorithm="${algorithm}", headers="${fields}", signature="${signed}"`;
}
const fresh = new Date().toUTCString();
const stale = new Date(Date.now() - 3_600_000).toUTCString();
const signatures: readonly (readonly [title: string, date: string, authorization: string])[] = [
  ['one of an hour ago, sent again', stale, signature(stale)],
  ['one with the date of another', fresh, signature(stale)],
  ['a date that is none', 'yesterday', signature('yesterday')],
  ['another secret', fresh, signature(fresh, 'date', 'guess')],
  ['an algorithm that there is not', fresh, signature(fresh, 'date', 'hmac-secret', 'none')],
  ['an algorithm that objects have by nature', fresh, signature(fresh, 'date', 'hmac-secret', 'constructor')],
  ['no headers', fresh, signature(fresh, '')],
  ['a header that was not sent', fresh, signature(fresh, 'date x-nowhere')],
  ['a name a thousand times', fresh, signature(fresh, 'date '.repeat(1000))],
  ['only the scheme', fresh, 'hmac'],
  ['quotes that stay open', fresh, `hmac username="ann${'"'.repeat(99)}`],
  ['commas alone', fresh, `hmac ${','.repeat(5000)}`],
  [
    'a giant signature',
    fresh,
    `hmac username="ann", algorithm="hmac-sha256", headers="date", signature="${'A'.repeat(20_000)}"`,
  ],
];

describe('credentials that are none', () => {
  let upstream: ScriptedUpstream;
  let gateway: InProcessGateway;
  before(async () => {
    upstream = await startUpstream();
    gateway = await startTestGateway();
    await gateway.admin('POST', '/consumers', { username: 'ann' });
    for (const [path, row] of [
      ['jwt', { key: 'ann', secret }],
      ['jwt', { key: 'signer', algorithm: 'RS256', rsa_public_key: publicPem }],
      ['basic-auth', { username: 'ann', password: 'secret' }],
      ['hmac-auth', { username: 'ann', secret: 'hmac-secret' }],
      ['key-auth', { key: 'ann-key' }],
    ] as const) {
      await gateway.admin('POST', `/consumers/ann/${path}`, row);
    }
    for (const name of ['jwt', 'basic-auth', 'hmac-auth', 'key-auth', 'session', 'oauth2']) {
      const { route } = await createRoute(gateway, upstream.port, `/${name}`);
      const config =
        name === 'jwt'
          ? { claims_to_verify: ['exp', 'nbf'] }
          : name === 'oauth2'
            ? { enable_client_credentials: true }
            : {};
      await gateway.admin('POST', `/routes/${route.id}/plugins`, { name, config });
      if (name === 'session') await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'key-auth' });
    }
  });
  after(async () => {
    await gateway.stop();
    await upstream.close();
  });

  function ask(path: string, headers: readonly string[]): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const whole = ['Host', 'a.test', ...headers];
      const sent = request(
        { host: '127.0.0.1', port: gateway.port, path, headers: whole, agent: false },
        (got: IncomingMessage) => {
          let body = '';
          got.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          got.on('end', () => resolve({ status: got.statusCode!, body }));
        },
      );
      sent.on('error', reject).end();
    });
  }

  async function refuse(path: string, headers: readonly string[], secrets: readonly string[] = []): Promise<void> {
    const { status, body } = await ask(path, headers);
    assert.ok(status >= 400 && status < 500, `answered with ${status}: ${body}`);
    for (const hidden of [secret, 'hmac-secret', 'BEGIN PUBLIC', ...secrets]) {
      assert.ok(!body.includes(hidden), `the answer says too much: ${body}`);
    }
    // What was sent must not come back: it may be somebody's.
    assert.ok(body.length < 400, body);
  }

  it('are told from those that are some', async () => {
    assert.equal((await ask('/jwt', ['Authorization', `Bearer ${good}`])).status, 200);
    const both = { iss: 'signer', exp: now + 60, nbf: now - 60 };
    assert.equal((await ask('/jwt', ['Authorization', `Bearer ${byRsa('RS256', both)}`])).status, 200);
    assert.equal((await ask('/basic-auth', ['Authorization', basic('ann:secret')])).status, 200);
    assert.equal((await ask('/hmac-auth', ['Date', fresh, 'Authorization', signature(fresh)])).status, 200);
    assert.equal((await ask('/key-auth', ['apikey', 'ann-key'])).status, 200);
  });

  for (const [title, text] of tokens) {
    it(`jwt: ${title}`, async () => {
      await refuse('/jwt', ['Authorization', `Bearer ${text}`]);
      await refuse(`/jwt?jwt=${encodeURIComponent(text)}`, []);
      await refuse('/oauth2', ['Authorization', `Bearer ${text}`]);
    });
  }
  for (const [title, authorization] of passwords) {
    it(`basic-auth: ${title}`, () => refuse('/basic-auth', ['Authorization', authorization]));
  }
  for (const [title, date, authorization] of signatures) {
    it(`hmac-auth: ${title}`, () => refuse('/hmac-auth', ['Date', date, 'Authorization', authorization]));
  }

  const cookies = ['x', '='.repeat(4000), 'A'.repeat(12_000), Buffer.alloc(300, 1).toString('base64url'), '%00%ff'];
  for (const [at, cookie] of cookies.entries()) {
    it(`session: cookie ${at + 1} that is none`, () => refuse('/session', ['Cookie', `session=${cookie}`]));
  }

  for (const path of ['/jwt', '/basic-auth', '/hmac-auth', '/key-auth', '/session', '/oauth2']) {
    it(`${path}: a flood of headers`, async () => {
      const many = (name: string, value: string, count: number): string[] =>
        Array.from({ length: count }, () => [name, value]).flat();
      await refuse(path, many('Authorization', 'Bearer guess', 50));
      await refuse(path, many('apikey', 'guess', 500));
      await refuse(path, many('Cookie', 'session=x', 500));
      await refuse(path, Array.from({ length: 900 }, (_, at) => [`X-Flood-${at}`, 'x']).flat());
      await refuse(path, many('X-Flood', 'x'.repeat(1000), 200));
    });
  }

  it('leave the gateway as it was', async () => {
    assert.equal(
      (await ask('/jwt', ['Authorization', `Bearer ${token(hs256, { iss: 'ann', exp: now + 600, nbf: now - 1 })}`]))
        .status,
      200,
    );
    assert.equal((await ask('/key-auth', ['apikey', 'ann-key'])).status, 200);
    assert.doesNotMatch(gateway.readLog(), /\[(?:error|crit|alert|emerg)\]/);
    for (const hidden of [secret, goodSignature, 'hmac-secret', 'ann-key'])
      assert.ok(!gateway.readLog().includes(hidden));
  });
});
