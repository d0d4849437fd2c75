import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { algorithms, parsePublicKey, parseSecret } from './algorithms.ts';
import { signed, signedWith } from './token.fixtures.ts';

function isGood(token: string, alg: string, key: KeyObject): boolean {
  const end = token.lastIndexOf('.');
  return algorithms.get(alg)!.verify(token.slice(0, end), token.slice(end + 1), key);
}

/** A token that is the same but for the last bit of the first character of its signature. */
function spoiled(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

describe('the examples of the RFCs are good', () => {
  for (const [title, alg, key, token] of [
    [
      'RFC 7515 A.1',
      'HS256',
      parseSecret('AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow', true)!,
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    ],
    [
      'RFC 7515 A.3',
      'ES256',
      parsePublicKey(
        '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}',
      )!,
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
    ],
    [
      'RFC 8037 A.4',
      'EdDSA',
      parsePublicKey('{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}')!,
      'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    ],
  ] as const) {
    test(title, () => {
      assert.ok(isGood(token, alg, key));
      assert.ok(!isGood(spoiled(token), alg, key));
    });
  }
});

describe('every algorithm takes its own signatures alone', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pairs = new Map<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>([
    ['RS', rsa],
    ['PS', rsa],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['ES512', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
  ]);
  const pairOf = (alg: string) => (pairs.get(alg) ?? pairs.get(alg.slice(0, 2)))!;
  const asymmetric = [...algorithms.keys()].filter((alg) => !alg.startsWith('HS'));
  const tokens = asymmetric.map((alg) => ({ alg, token: signedWith({ iss: 'a' }, alg, pairOf(alg).privateKey) }));

  for (const { alg, token } of tokens) {
    test(alg, () => {
      const { publicKey } = pairOf(alg);
      const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      assert.ok(isGood(token, alg, parsePublicKey(pem)!));
      assert.ok(!isGood(spoiled(token), alg, publicKey));
      assert.ok(!isGood(`${token.slice(0, token.lastIndexOf('.'))}.`, alg, publicKey));
      assert.ok(!isGood(`x${token}`, alg, publicKey));
      for (const another of asymmetric) {
        if (another === alg) continue;
        assert.ok(!isGood(token, another, publicKey), `${another} takes a signature of ${alg}`);
        assert.ok(
          !isGood(token, alg, pairOf(another).publicKey) || pairOf(another) === pairOf(alg),
          `${alg} takes a key of ${another}`,
        );
      }
    });
  }

  for (const alg of ['HS256', 'HS384', 'HS512']) {
    test(alg, () => {
      const token = signed({ iss: 'a' }, 'secret', { alg });
      assert.ok(isGood(token, alg, parseSecret('secret', false)!));
      assert.ok(!isGood(token, alg, parseSecret('secre', false)!));
      assert.ok(!isGood(spoiled(token), alg, parseSecret('secret', false)!));
      assert.ok(!isGood(`${token.slice(0, token.lastIndexOf('.'))}.`, alg, parseSecret('secret', false)!));
    });
  }
});

test('a public key is the half of a private one, too', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const parsed = parsePublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  assert.ok(parsed?.equals(publicKey));
});

test('what is no key is none', () => {
  for (const text of [
    '',
    'x',
    '{',
    '{}',
    '{"kty":"oct","k":"AQ"}',
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
  ]) {
    assert.equal(parsePublicKey(text), undefined);
  }
});

test('a secret in base64 may use either alphabet, and must not be empty', () => {
  const bytes = Buffer.from('fbff', 'hex');
  for (const text of ['+/8=', '-_8', '-_8=']) assert.deepEqual(parseSecret(text, true)?.export(), bytes);
  for (const text of ['', '=', '+_8=', '!', 'A']) assert.equal(parseSecret(text, true), undefined);
});
