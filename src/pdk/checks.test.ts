import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GibbonError } from '../kernel/index.ts';
import * as checks from './checks.ts';
import { phaseBits } from './phases.ts';

const refused: readonly [call: () => void, text: string][] = [
  [() => checks.checkString('header name', 1), 'header name must be a string'],
  [() => checks.checkMaximum('max_args', '1'), 'max_args must be a number'],
  [() => checks.checkMaximum('max_args', 0), 'max_args must be >= 1'],
  [() => checks.checkMaximum('max_headers', 1001), 'max_headers must be <= 1000'],
  [() => checks.checkStatus('200'), 'code must be a number'],
  [() => checks.checkStatus(99), 'code must be a number between 100 and 599'],
  [() => checks.checkStatus(Number.NaN), 'code must be a number between 100 and 599'],
  [() => checks.checkStatus(399, 400), 'code must be a number between 400 and 599'],
  [() => checks.checkInteger('port', 1.5, 0, 65535), 'port must be an integer'],
  [() => checks.checkInteger('port', 65536, 0, 65535), 'port must be an integer between 0 and 65535: given 65536'],
  [() => checks.checkHeader(1, 'x'), 'invalid header name "1": got number, expected string'],
  [
    () => checks.checkHeader('x', undefined),
    'invalid header value for "x": got nil, expected array of string, string, number or boolean',
  ],
  [() => checks.checkHeader('x', [{}]), 'invalid header value in array "x": got table, expected string'],
  [() => checks.checkHeaders('x'), 'headers must be a table'],
  [
    () => checks.checkHeaders({ x: {} }),
    'invalid header value for "x": got table, expected string, number, boolean or array of strings',
  ],
  [() => checks.checkOptionalHeaders('x'), 'headers must be a nil or table'],
  [() => checks.checkExitBody(1), 'body must be a nil, string or table'],
  [() => checks.checkErrorMessage(true), 'message must be a nil, a string or a table'],
  [() => checks.checkMethod('BREW'), 'invalid method: BREW'],
  [() => checks.checkMethod(undefined), 'method must be a string'],
  [() => checks.checkScheme('ftp'), 'invalid scheme: ftp'],
  [() => checks.checkPath('a'), 'path must start with /'],
  [() => checks.checkIdentity('a', null), 'consumer must be a table or nil'],
  [() => checks.checkIdentity(null, 'a'), 'credential must be a table or nil'],
  [() => checks.checkIdentity(null, null), 'either credential or consumer must be provided'],
  [
    () => checks.checkPhase('log.serialize', phaseBits.access),
    'function cannot be called in access phase (only in: log)',
  ],
  [
    () => checks.checkPhase('client.get_ip', phaseBits.init_worker),
    'function cannot be called in init_worker phase (can be called in any phases except: init_worker)',
  ],
];

for (const [call, text] of refused) {
  test(`refuses with: ${text}`, () => {
    assert.throws(call, (thrown) => {
      assert.ok(thrown instanceof GibbonError);
      assert.deepEqual([thrown.code, thrown.message], ['ERR_PDK_USE', text]);
      return true;
    });
  });
}

test('good arguments pass', () => {
  assert.doesNotThrow(() => {
    checks.checkMaximum('max_args', 1000);
    checks.checkStatus(599);
    checks.checkHeader('x', ['a', 'b']);
    checks.checkHeaders({ x: 1, y: true, z: 'a' });
    checks.checkOptionalHeaders(undefined);
    checks.checkExitBody(null);
    checks.checkErrorMessage({ a: 1 });
    checks.checkIdentity({}, null);
    checks.checkPhase('log.serialize', phaseBits.log);
    checks.checkPhase('client.get_ip', phaseBits.certificate);
  });
});
