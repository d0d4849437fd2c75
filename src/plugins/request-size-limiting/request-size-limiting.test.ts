import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeRequest, runPlugin } from '../../pdk/testing.ts';
import { requestSizeLimiting } from './index.ts';

type Config = Parameters<typeof runPlugin<typeof requestSizeLimiting.config>>[1];

async function answerTo(config: Config, request: FakeRequest): Promise<[status: number, message: string | undefined]> {
  const run = await runPlugin(requestSizeLimiting, config, { request: { method: 'POST', ...request } });
  return [run.status, run.body === '' ? undefined : JSON.parse(run.body).message];
}

const passed = [200, undefined];
const tooLarge = [413, 'Request size limit exceeded'];
const chunked = { 'Transfer-Encoding': 'chunked' };

const rows: readonly [title: string, config: Config, request: FakeRequest, answer: unknown[]][] = [
  ['a body of just the size passes', { allowed_payload_size: 3, size_unit: 'bytes' }, { body: 'abc' }, passed],
  ['a byte more is refused', { allowed_payload_size: 3, size_unit: 'bytes' }, { body: 'abcd' }, tooLarge],
  [
    'the header is believed, not the body',
    { allowed_payload_size: 3, size_unit: 'bytes' },
    { headers: { 'Content-Length': '4' }, body: '' },
    tooLarge,
  ],
  [
    'kilobytes are 1024 bytes',
    { allowed_payload_size: 1, size_unit: 'kilobytes' },
    { headers: { 'Content-Length': 1024 } },
    passed,
  ],
  [
    'and not one more',
    { allowed_payload_size: 1, size_unit: 'kilobytes' },
    { headers: { 'Content-Length': 1025 } },
    tooLarge,
  ],
  ['128 megabytes unless told', {}, { headers: { 'Content-Length': 134_217_728 } }, passed],
  ['and a byte more is refused', {}, { headers: { 'Content-Length': 134_217_729 } }, tooLarge],
  [
    'a client that waits is told 417',
    {},
    { headers: { 'Content-Length': 134_217_729, Expect: ' 100-Continue ' } },
    [417, 'Request size limit exceeded'],
  ],
  [
    'a chunked body is measured',
    { allowed_payload_size: 3, size_unit: 'bytes' },
    { headers: chunked, body: 'abcd' },
    tooLarge,
  ],
  [
    'a short chunked body passes',
    { allowed_payload_size: 3, size_unit: 'bytes' },
    { headers: chunked, body: 'abc' },
    passed,
  ],
  [
    'a body of HTTP/2 is measured',
    { allowed_payload_size: 3, size_unit: 'bytes' },
    { httpVersion: 2, headers: { 'Content-Length': '' }, body: 'abcd' },
    tooLarge,
  ],
  ['a request without a body passes', { allowed_payload_size: 0 }, { method: 'GET' }, passed],
  [
    'a length can be required',
    { require_content_length: true },
    { method: 'GET' },
    [411, 'A valid Content-Length header is required'],
  ],
  ['of chunked bodies it is not', { require_content_length: true }, { headers: chunked, body: 'abc' }, passed],
  [
    'a length that is no number is none',
    { require_content_length: true },
    { headers: { 'Content-Length': 'x' } },
    [411, 'A valid Content-Length header is required'],
  ],
];

for (const [title, config, request, answer] of rows) {
  test(title, async () => {
    assert.deepEqual(await answerTo(config, request), answer);
  });
}
