import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate } from './certificate.ts';
import { type ChainVerdict, findChain, type Trust } from './chain.ts';
import { pems } from './pems.fixtures.ts';

const now = Date.UTC(2026, 10, 21);
const trusted = (...names: (keyof typeof pems)[]): Trust['authorities'] =>
  names.map((id) => ({ id, certificate: readCertificate(pems[id].cert) }));

function judge(
  leaf: keyof typeof pems,
  sent: readonly (keyof typeof pems)[],
  authorities: readonly (keyof typeof pems)[],
  more: Partial<Trust> = {},
): ChainVerdict {
  const certificates = sent.map((name) => readCertificate(pems[name].cert));
  return findChain(readCertificate(pems[leaf].cert), certificates, {
    authorities: trusted(...authorities),
    allowsPartialChain: false,
    now,
    ...more,
  });
}

function authoritiesOf(verdict: ChainVerdict): readonly string[] | string {
  return verdict.ok ? verdict.authorities : verdict.reason;
}

const none = 'no chain leads to a trusted authority';

test('a certificate that a trusted root has issued is good', () => {
  assert.deepEqual(authoritiesOf(judge('ann', [], ['root'])), ['root']);
  assert.deepEqual(authoritiesOf(judge('ann', [], ['stranger', 'twin', 'root'])), ['root']);
});

test('a chain may run through what the client sent, in any order, or through what is configured', () => {
  assert.deepEqual(authoritiesOf(judge('bob', ['middle'], ['root'])), ['root']);
  assert.deepEqual(authoritiesOf(judge('bob', ['stranger', 'middle'], ['root'])), ['root']);
  assert.deepEqual(authoritiesOf(judge('bob', [], ['root', 'middle'])), ['middle', 'root']);
  assert.deepEqual(authoritiesOf(judge('bob', [], ['root'])), none);
});

test('a chain ends in a root, unless less is allowed', () => {
  assert.deepEqual(authoritiesOf(judge('bob', [], ['middle'])), none);
  assert.deepEqual(authoritiesOf(judge('bob', ['root'], ['middle'])), none);
  assert.deepEqual(authoritiesOf(judge('bob', [], ['middle'], { allowsPartialChain: true })), ['middle']);
});

test('a root is trusted when it is configured, not when it is sent', () => {
  assert.deepEqual(authoritiesOf(judge('ann', ['root'], [])), none);
  assert.deepEqual(authoritiesOf(judge('evil', ['stranger'], ['root'])), none);
  assert.deepEqual(authoritiesOf(judge('evil', ['stranger'], ['root'], { allowsPartialChain: true })), none);
});

test('a name is not enough: the signature must be right', () => {
  assert.deepEqual(authoritiesOf(judge('forged', [], ['root'])), none);
  assert.deepEqual(authoritiesOf(judge('forged', ['twin'], ['root'])), none);
});

test('only an authority issues, and as deep as it may', () => {
  assert.deepEqual(authoritiesOf(judge('child', ['ann'], ['root'])), none);
  assert.deepEqual(authoritiesOf(judge('deep', ['below', 'middle'], ['root'])), none);
  assert.deepEqual(authoritiesOf(judge('deep', ['below'], ['root', 'middle'])), none);
});

test('a certificate is for clients, and demands nothing unknown', () => {
  assert.deepEqual(authoritiesOf(judge('server', [], ['root'])), 'the certificate is not for clients');
  assert.deepEqual(authoritiesOf(judge('odd', [], ['root'])), 'a certificate has an unknown critical extension');
});

test('a certificate is good in its time only, and so are those above it', () => {
  assert.deepEqual(authoritiesOf(judge('old', [], ['root'], { now: Date.UTC(2027, 0) })), 'a certificate has expired');
  assert.deepEqual(authoritiesOf(judge('ann', [], ['root'], { now: 0 })), 'a certificate is not valid yet');
  assert.deepEqual(authoritiesOf(judge('ann', [], ['root'], { now: Date.UTC(2999, 0) })), 'a certificate has expired');
  const verdict = judge('ann', [], ['root']);
  assert.ok(verdict.ok && verdict.until <= readCertificate(pems.root.cert).to);
});

test('signatures that are looked at for one chain are bounded', () => {
  const twins = Array.from({ length: 39 }, () => 'twin' as const);
  assert.deepEqual(authoritiesOf(judge('ann', [], [...twins, 'root'])), ['root']);
  assert.deepEqual(authoritiesOf(judge('ann', [], [...twins, 'twin', 'root'])), none);
});
