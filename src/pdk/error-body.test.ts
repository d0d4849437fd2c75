import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedFormat, type ErrorFormat, formatOfContentType } from './accept.ts';
import { errorBody, errorBodyOfType, errorMessage, gatewayErrorMessage } from './error-body.ts';
import { grpcMessageOf, grpcStatusOf, isGrpcRequest } from './grpc-status.ts';

const accepted: readonly [accept: string | undefined, format: ErrorFormat][] = [
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['text/*', 'plain'],
  ['text/html', 'html'],
  ['text/plain', 'plain'],
  ['application/xml', 'xml'],
  ['application/grpc', 'grpc'],
  ['image/png', 'json'],
  ['image/*', 'json'],
  ['Text/HTML', 'json'],
  ['text/html, application/xml', 'html'],
  ['text/html;q=0.5,application/xml;q=0.9', 'xml'],
  ['text/html;q=0, application/xml;q=0.1', 'xml'],
  ['text/html;q=0', 'json'],
  ['text/html; charset=utf-8; Q=0.3, text/plain ;q=0.4', 'plain'],
  ['text/html;q=0.3;level=1, text/plain;q=0.2', 'html'],
  ['text/plain;q=high, text/html;q=0.9', 'plain'],
  ['image/png, text/html;q=0.9', 'json'],
  ['html, text/plain;q=0.1', 'plain'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
];

for (const [accept, format] of accepted) {
  test(`Accept ${accept} asks for ${format}`, () => {
    assert.equal(acceptedFormat(accept), format);
  });
}

test('a content type stands for a format with and without its charset', () => {
  assert.equal(formatOfContentType('text/html'), 'html');
  assert.equal(formatOfContentType('text/html; charset=utf-8'), 'html');
  assert.equal(formatOfContentType('text/*'), undefined);
  assert.equal(formatOfContentType('text/css'), undefined);
});

const bodies: readonly [format: ErrorFormat, body: string][] = [
  ['json', '{\n  "message":"Not found",\n  "request_id":"r1"\n}'],
  ['plain', 'Not found\nrequest_id: r1\n'],
  [
    'html',
    '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n' +
      '    <h1>Error</h1>\n    <p>Not found.</p>\n    <p>request_id: r1</p>\n  </body>\n</html>\n',
  ],
  [
    'xml',
    '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>Not found</message>\n' +
      '  <requestid>r1</requestid>\n</error>\n',
  ],
  ['grpc', ''],
];

for (const [format, body] of bodies) {
  test(`an error in ${format}`, () => {
    assert.equal(errorBody(format, 'Not found', 'r1'), body);
  });
}

test('a message cannot leave its place', () => {
  assert.equal(JSON.parse(errorBody('json', 'a"b\n', 'r1')).message, 'a"b\n');
  assert.match(errorBody('html', '<script>&', 'r1'), /<p>&lt;script&gt;&amp;\.<\/p>/);
  assert.match(errorBody('xml', '<a>', 'r1'), /<message>&lt;a&gt;<\/message>/);
  assert.match(errorBody('plain', "I'm <a>", 'r1'), /^I'm <a>\n/);
});

test('templates of the operator take the place of the built-in ones', () => {
  const custom = { plain: '100%% %s (%s)%s', json: '{"error":"%s"}' };
  assert.equal(errorBody('plain', 'Gone', 'r1', custom), '100% Gone (r1)');
  assert.equal(errorBodyOfType('application/json', 'Gone', 'r1', custom), '{"error":"Gone"}');
  assert.equal(errorBodyOfType('text/css', 'Gone', 'r1', custom), '{"error":"Gone"}');
});

test('default messages', () => {
  assert.equal(errorMessage(418), "I'm a teapot");
  assert.equal(errorMessage(599), 'The upstream server responded with 599');
  assert.equal(gatewayErrorMessage(413), 'Payload too large');
  assert.equal(gatewayErrorMessage(401), 'The upstream server responded with 401');
});

test('HTTP statuses have gRPC statuses', () => {
  const statuses = [200, 204, 301, 400, 401, 403, 404, 409, 418, 429, 499, 500, 501, 502, 503, 504];
  assert.deepEqual(statuses.map(grpcStatusOf), [0, 0, 2, 3, 16, 7, 5, 6, 3, 8, 1, 13, 12, 13, 14, 4]);
  assert.deepEqual([0, 8, 16, 99].map(grpcMessageOf), ['OK', 'ResourceExhausted', 'Unauthenticated', 'Unknown']);
});

test('gRPC is HTTP/2 with its content type', () => {
  assert.equal(isGrpcRequest('application/grpc+proto', 2), true);
  assert.equal(isGrpcRequest('application/grpc', 1.1), false);
  assert.equal(isGrpcRequest(undefined, 2), false);
});
