import type { PluginCase, PluginStep } from './plugin-case.ts';

function sizeLimiting(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'request-size-limiting', config }], steps };
}

function post(body: string, step: PluginStep, headers: { [name: string]: string } = {}): PluginStep {
  return { ...step, request: { method: 'POST', headers, body } };
}

const tooLarge: PluginStep = { status: 413, message: 'Request size limit exceeded', upstream: null };
const chunked = { 'transfer-encoding': 'chunked' };

/** request-size-limiting of Kong 3.9. */
export const requestSizeLimitingCases: readonly PluginCase[] = [
  sizeLimiting(
    'bodies up to the size pass',
    { allowed_payload_size: 4, size_unit: 'bytes' },
    post('1234', { status: 200, upstream: { body: '1234' } }),
    post('12345', tooLarge),
  ),
  sizeLimiting(
    'chunked bodies are measured',
    { allowed_payload_size: 4, size_unit: 'bytes' },
    post('1234', { status: 200 }, chunked),
    post('12345', tooLarge, chunked),
  ),
  sizeLimiting(
    'a kilobyte is 1024 bytes',
    { allowed_payload_size: 1, size_unit: 'kilobytes' },
    post('x'.repeat(1024), { status: 200 }),
    post('x'.repeat(1025), tooLarge),
  ),
  sizeLimiting('a request without a body passes', { allowed_payload_size: 0 }, { status: 200 }),
  sizeLimiting(
    'a length can be required',
    { require_content_length: true },
    {
      status: 411,
      message: 'A valid Content-Length header is required',
      upstream: null,
    },
    post('1', { status: 200 }),
    post('1', { status: 200 }, chunked),
  ),
];
