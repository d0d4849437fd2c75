import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeError, composeExit, type ErrorContext, isTransferEncoding } from './answer.ts';

const plain: ErrorContext = {
  contentType: undefined,
  hasGrpcStatus: false,
  isGrpcRequest: false,
  accept: undefined,
  requestId: 'r1',
};
const grpc: ErrorContext = { ...plain, isGrpcRequest: true };
const json = 'application/json; charset=utf-8';

test('a record becomes JSON', () => {
  assert.deepEqual(composeExit(plain, 200, { a: 'é' }, undefined), {
    status: 200,
    headers: [
      ['Content-Type', [json]],
      ['Content-Length', ['10']],
    ],
    body: '{"a":"é"}',
    warnings: [],
  });
});

test('a record keeps the content type that it is given', () => {
  const { headers } = composeExit(plain, 200, {}, { content_type: 'application/problem+json' });
  assert.deepEqual(headers, [
    ['content_type', ['application/problem+json']],
    ['Content-Length', ['2']],
  ]);
});

test('texts and bytes are sent as they are', () => {
  assert.deepEqual(composeExit(plain, 200, 'é', undefined).headers, [['Content-Length', ['2']]]);
  const bytes = Buffer.from([0xff]);
  const answer = composeExit(plain, 200, bytes, undefined);
  assert.equal(answer.body, bytes);
  assert.deepEqual(answer.headers, [['Content-Length', ['1']]]);
});

test('an answer without a body has length 0, unless told otherwise', () => {
  assert.deepEqual(composeExit(plain, 204, null, undefined).headers, [['Content-Length', ['0']]]);
  assert.deepEqual(composeExit(plain, 200, undefined, { 'Content-Length': 5 }).headers, [['Content-Length', ['5']]]);
});

test('Transfer-Encoding is ignored with a warning', () => {
  const answer = composeExit(plain, 200, undefined, { transfer_encoding: 'chunked', a: ['1', '2'] });
  assert.deepEqual(answer.headers, [
    ['a', ['1', '2']],
    ['Content-Length', ['0']],
  ]);
  assert.deepEqual(answer.warnings, ['manually setting Transfer-Encoding. Ignored.']);
  assert.equal(isTransferEncoding('Transfer-Encoding'), true);
  assert.equal(isTransferEncoding('Transfer-Encodings'), false);
});

test('gRPC carries the text in a header', () => {
  for (const body of ['no', { message: 'no' }]) {
    assert.deepEqual(composeExit(grpc, 403, body, undefined), {
      status: 403,
      headers: [
        ['grpc-status', ['7']],
        ['grpc-message', ['no']],
        ['Content-Length', ['0']],
      ],
      body: '',
      warnings: [],
    });
  }
});

test('gRPC without a text names its status', () => {
  const answer = composeExit(grpc, 429, { other: 1 }, undefined);
  assert.deepEqual(answer.headers, [
    ['grpc-status', ['8']],
    ['grpc-message', ['ResourceExhausted']],
    ['Content-Length', ['0']],
  ]);
  assert.deepEqual(answer.warnings, ['body was removed because table body encoding with gRPC is not supported']);
});

test('gRPC keeps a grpc-status that was set before', () => {
  const answer = composeExit({ ...grpc, hasGrpcStatus: true }, 200, undefined, undefined);
  assert.deepEqual(answer.headers, [['Content-Length', ['0']]]);
});

test('a gRPC answer of the plugin itself is sent as a body', () => {
  const answer = composeExit(plain, 200, 'bytes', { 'Content-Type': 'application/grpc' });
  assert.equal(answer.body, 'bytes');
  assert.deepEqual(answer.headers.slice(1), [
    ['grpc-status', ['0']],
    ['grpc-message', ['OK']],
    ['Content-Length', ['5']],
  ]);
  assert.throws(() => composeExit(plain, 200, {}, { 'Content-Type': 'application/grpc' }), {
    message: 'table body encoding with gRPC is not supported',
  });
});

test('an error takes the format that the client accepts', () => {
  const answer = composeError({ ...plain, accept: 'text/plain' }, 404, undefined, { 'X-A': '1' });
  assert.equal(answer.body, 'Not found\nrequest_id: r1\n');
  assert.deepEqual(answer.headers, [
    ['X-A', ['1']],
    ['Content-Type', ['text/plain; charset=utf-8']],
    ['Content-Length', ['25']],
  ]);
});

test('an error takes the content type that it is given before that', () => {
  const answer = composeError({ ...plain, accept: 'text/plain' }, 404, 'Gone', { 'content-type': 'application/xml' });
  assert.match(answer.body as string, /<message>Gone<\/message>/);
  assert.deepEqual(answer.headers[0], ['content-type', ['application/xml']]);
});

test('a record is the message as JSON', () => {
  const answer = composeError(plain, 400, { a: 1 }, undefined);
  assert.deepEqual(JSON.parse(answer.body as string), { message: '{"a":1}', request_id: 'r1' });
});

test('an error of gRPC has no body', () => {
  assert.deepEqual(composeError(grpc, 401, 'No', undefined), {
    status: 401,
    headers: [
      ['Content-Type', ['application/grpc']],
      ['grpc-status', ['16']],
      ['grpc-message', ['Unauthenticated']],
      ['Content-Length', ['0']],
    ],
    body: '',
    warnings: [],
  });
});
