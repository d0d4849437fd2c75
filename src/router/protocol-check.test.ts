import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkProtocol, type ProtocolRequest } from './index.ts';

const plain: ProtocolRequest = {
  forwardedScheme: 'http',
  forwardedHost: 'api.test',
  target: '/a?b=c',
  isHttp2: false,
  contentType: undefined,
};
const tls: ProtocolRequest = { ...plain, forwardedScheme: 'https' };
const grpc: ProtocolRequest = { ...plain, isHttp2: true, contentType: 'application/grpc+proto' };

describe('checkProtocol', () => {
  test('lets through what the route takes', () => {
    assert.equal(checkProtocol({ protocols: ['http', 'https'] }, plain), undefined);
    assert.equal(checkProtocol({ protocols: ['http'] }, plain), undefined);
    assert.equal(checkProtocol({ protocols: ['https'] }, tls), undefined);
    assert.equal(checkProtocol({ protocols: ['grpc'] }, grpc), undefined);
    assert.equal(checkProtocol({ protocols: ['grpc', 'grpcs'] }, { ...grpc, forwardedScheme: 'https' }), undefined);
    assert.equal(checkProtocol({ protocols: ['grpcs'] }, { ...grpc, forwardedScheme: 'https' }), undefined);
    assert.equal(checkProtocol({}, plain), undefined);
  });

  test('lets TLS through to a route for http alone', () => {
    assert.equal(checkProtocol({ protocols: ['http'] }, tls), undefined);
  });

  test('asks for an upgrade to TLS unless told to redirect', () => {
    const answer = {
      status: 426,
      message: 'Please use HTTPS protocol',
      headers: { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' },
    };
    assert.deepEqual(checkProtocol({ protocols: ['https'] }, plain), answer);
    assert.deepEqual(checkProtocol({ protocols: ['https'], https_redirect_status_code: 426 }, plain), answer);
  });

  for (const status of [301, 302, 307, 308]) {
    test(`redirects with ${status}`, () => {
      assert.deepEqual(checkProtocol({ protocols: ['https'], https_redirect_status_code: status }, plain), {
        status,
        message: undefined,
        headers: { Location: 'https://api.test/a?b=c' },
      });
    });
  }

  test('refuses other content on gRPC routes', () => {
    const answer = { status: 415, message: 'Non-gRPC request matched gRPC route', headers: {} };
    assert.deepEqual(checkProtocol({ protocols: ['grpc'] }, { ...plain, isHttp2: true }), answer);
    assert.deepEqual(checkProtocol({ protocols: ['grpcs'] }, { ...grpc, contentType: 'application/json' }), answer);
  });

  test('asks gRPC for HTTP/2', () => {
    assert.deepEqual(checkProtocol({ protocols: ['grpc'] }, { ...grpc, isHttp2: false }), {
      status: 426,
      message: 'Please use HTTP2 protocol',
      headers: { connection: 'Upgrade', upgrade: 'HTTP/2' },
    });
  });

  test('answers gRPC without TLS in its own way where TLS is needed', () => {
    assert.deepEqual(checkProtocol({ protocols: ['grpcs'] }, grpc), {
      status: 200,
      message: undefined,
      headers: {
        'content-type': 'application/grpc',
        'grpc-status': '1',
        'grpc-message': 'gRPC request matched gRPCs route',
      },
    });
  });
});
