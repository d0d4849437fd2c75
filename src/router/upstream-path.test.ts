import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { escapePath, normalizePath } from '../kernel/index.ts';
import { buildUpstreamPath } from './index.ts';

/** Service path, route path, request path, then strip v0, strip v1, keep v0, keep v1. */
type Row = readonly [string, string, string, string, string, string, string];

const table: readonly Row[] = [
  ['/', '/', '/', '/', '/', '/', '/'],
  ['/', '/', '/route', '/route', '/route', '/route', '/route'],
  ['/', '/', '/route/', '/route/', '/route/', '/route/', '/route/'],
  ['/', '/', '/routereq', '/routereq', '/routereq', '/routereq', '/routereq'],
  ['/', '/', '/route/req', '/route/req', '/route/req', '/route/req', '/route/req'],
  ['/', '/route', '/route', '/', '/', '/route', '/route'],
  ['/', '/route', '/route/', '/', '/', '/route/', '/route/'],
  ['/', '/route', '/routereq', '/req', '/req', '/routereq', '/routereq'],
  ['/', '/route', '/route/req', '/req', '/req', '/route/req', '/route/req'],
  ['/', '/route/', '/route/', '/', '/', '/route/', '/route/'],
  ['/', '/route/', '/route/req', '/req', '/req', '/route/req', '/route/req'],
  ['/service', '/', '/', '/service', '/service', '/service', '/service'],
  ['/service', '/', '/route', '/service/route', '/serviceroute', '/service/route', '/serviceroute'],
  ['/service', '/', '/route/', '/service/route/', '/serviceroute/', '/service/route/', '/serviceroute/'],
  ['/service', '/', '/routereq', '/service/routereq', '/serviceroutereq', '/service/routereq', '/serviceroutereq'],
  ['/service', '/', '/route/req', '/service/route/req', '/serviceroute/req', '/service/route/req', '/serviceroute/req'],
  ['/service', '/route', '/route', '/service', '/service', '/service/route', '/serviceroute'],
  ['/service', '/route', '/route/', '/service/', '/service/', '/service/route/', '/serviceroute/'],
  ['/service', '/route', '/routereq', '/service/req', '/servicereq', '/service/routereq', '/serviceroutereq'],
  ['/service', '/route', '/route/req', '/service/req', '/service/req', '/service/route/req', '/serviceroute/req'],
  ['/service', '/route/', '/route/', '/service/', '/service', '/service/route/', '/serviceroute/'],
  ['/service', '/route/', '/route/req', '/service/req', '/servicereq', '/service/route/req', '/serviceroute/req'],
  ['/service/', '/', '/', '/service/', '/service/', '/service/', '/service/'],
  ['/service/', '/', '/route', '/service/route', '/service/route', '/service/route', '/service/route'],
  ['/service/', '/', '/route/', '/service/route/', '/service/route/', '/service/route/', '/service/route/'],
  ['/service/', '/', '/routereq', '/service/routereq', '/service/routereq', '/service/routereq', '/service/routereq'],
  [
    '/service/',
    '/',
    '/route/req',
    '/service/route/req',
    '/service/route/req',
    '/service/route/req',
    '/service/route/req',
  ],
  ['/service/', '/route', '/route', '/service', '/service/', '/service/route', '/service/route'],
  ['/service/', '/route', '/route/', '/service/', '/service/', '/service/route/', '/service/route/'],
  ['/service/', '/route', '/routereq', '/service/req', '/service/req', '/service/routereq', '/service/routereq'],
  ['/service/', '/route', '/route/req', '/service/req', '/service/req', '/service/route/req', '/service/route/req'],
  ['/service/', '/route/', '/route/', '/service/', '/service/', '/service/route/', '/service/route/'],
  ['/service/', '/route/', '/route/req', '/service/req', '/service/req', '/service/route/req', '/service/route/req'],
  // Dots glued to the route's path.
  ['/service', '/route', '/route%2E/req', '/service/req', '/servicereq', '/service/route./req', '/serviceroute./req'],
  [
    '/service',
    '/route',
    '/route%2E%2E/req',
    '/service/req',
    '/servicereq',
    '/service/route../req',
    '/serviceroute../req',
  ],
  [
    '/service/',
    '/route',
    '/route%2E/req',
    '/service/req',
    '/service/req',
    '/service/route./req',
    '/service/route./req',
  ],
  [
    '/service/',
    '/route',
    '/route%2E%2E/req',
    '/service/req',
    '/service/req',
    '/service/route../req',
    '/service/route../req',
  ],
];

describe('buildUpstreamPath', () => {
  for (const [base, matched, request, ...expected] of table) {
    test(`service ${base}, route ${matched}, request ${request}`, () => {
      const path = normalizePath(request);
      const built = [
        buildUpstreamPath(base, path, matched, true, 'v0'),
        buildUpstreamPath(base, path, matched, true, 'v1'),
        buildUpstreamPath(base, path, matched, false, 'v0'),
        buildUpstreamPath(base, path, matched, false, 'v1'),
      ];
      assert.deepEqual(built, expected);
    });
  }

  test('nothing but dots left over is nothing', () => {
    assert.equal(buildUpstreamPath('/service', '/route.', '/route', true, 'v0'), '/service');
    assert.equal(buildUpstreamPath('/service/', '/route..', '/route', true, 'v0'), '/service');
    assert.equal(buildUpstreamPath('/service', '/route.x', '/route', true, 'v0'), '/service/.x');
  });

  test('the text that a regular expression matched is stripped', () => {
    assert.equal(buildUpstreamPath('/', '/users/123/profile/hello', '/users/123/profile', true, 'v0'), '/hello');
    assert.equal(buildUpstreamPath('/base', '/users/123', '/users/123', true, 'v0'), '/base');
    assert.equal(buildUpstreamPath('/', '/users/123', '/users/123', false, 'v1'), '/users/123');
  });

  test('a match without a path keeps the path under the base, stripping or not', () => {
    assert.equal(buildUpstreamPath('/service', '/any/path', undefined, true, 'v0'), '/service/any/path');
    assert.equal(buildUpstreamPath('/service', '/any/path', undefined, true, 'v1'), '/serviceany/path');
    assert.equal(buildUpstreamPath('/', '/any', undefined, true, 'v0'), '/any');
    assert.equal(buildUpstreamPath('/service', '/', undefined, true, 'v0'), '/service');
    assert.equal(buildUpstreamPath('/service', '/any', undefined, false, 'v0'), '/service/any');
  });

  test('what may not stand in a request target is escaped', () => {
    const path = normalizePath('/john%20doe/caf%c3%a9/%0d%0a/%2f%22');
    assert.equal(buildUpstreamPath('/', path, '/', false, 'v0'), '/john%20doe/caf%C3%A9/%0D%0A/%2F%22');
    assert.equal(escapePath("/!#$&'()*+,/:;=?@[]-_.~%41z"), "/!#$&'()*+,/:;=?@[]-_.~%41z");
    assert.equal(escapePath('/\u20ac[%41]\ud83d\ude00\ud800'), '/%E2%82%AC[%41]%F0%9F%98%80%EF%BF%BD');
    assert.equal(escapePath('/\u0000{}'), '/%00%7B%7D');
  });
});
