import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeExchange } from '../testing.ts';

const only = 'function cannot be called in access phase (only in: certificate)';

test('wishes for the handshake are noted before it, and refused later', () => {
  const exchange = createFakeExchange();
  const { tls } = exchange.kong.client;
  assert.throws(() => tls.requestClientCertificate(), { message: only });
  assert.throws(() => tls.disableSessionReuse(), { message: only });
  exchange.enter('certificate');
  tls.requestClientCertificate(['one']);
  tls.requestClientCertificate(['two']);
  tls.disableSessionReuse();
  assert.deepEqual(exchange.state.handshake, { authorities: ['one', 'two'], isApart: true });
  assert.throws(() => tls.getFullClientCertificateChain(), /in certificate phase \(only in: rewrite, access, balancer/);
});

test('the chain is what the client sent over TLS', () => {
  const chainOf = (scheme: 'http' | 'https'): string | undefined =>
    createFakeExchange({
      request: { scheme, clientCertificate: 'pem' },
    }).kong.client.tls.getFullClientCertificateChain();
  assert.deepEqual([chainOf('https'), chainOf('http')], ['pem', undefined]);
});

test('what log entries say is one of three', () => {
  const exchange = createFakeExchange();
  const { tls } = exchange.kong.client;
  for (const value of ['SUCCESS', 'NONE', 'FAILED:unknown CA']) {
    tls.setClientVerify(value);
    assert.equal(exchange.state.clientVerify, value);
  }
  for (const value of ['', 'success', 'FAILED']) {
    assert.throws(() => tls.setClientVerify(value), {
      message: `unknown client verify value: ${value} accepted values are: "SUCCESS", "NONE" or "FAILED:<reason>"`,
    });
  }
  exchange.enter('log');
  assert.throws(() => tls.setClientVerify('NONE'), /function cannot be called in log phase/);
});
