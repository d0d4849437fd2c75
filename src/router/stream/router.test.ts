import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { targetOf } from '../cases/router-case.ts';
import { createStreamExpressionsRouter, createStreamFieldsRouter } from '../index.ts';
import { plainRequest, streamCases } from './router.cases.ts';

for (const flavor of ['traditional', 'traditional_compatible'] as const) {
  describe(`routes of streams, ${flavor}`, () => {
    for (const { name, flavors, routes, asks } of streamCases) {
      if (flavors?.includes(flavor) === false) continue;
      it(name, () => {
        const router = createStreamFieldsRouter(flavor);
        Object.entries(routes).forEach(([id, fields], at) => {
          router.put({ route: { id, created_at: at, ...fields }, service: undefined });
        });
        for (const [request, finds] of asks) {
          assert.equal(router.match({ ...plainRequest, ...request })?.route['id'], finds, JSON.stringify(request));
        }
        for (const id of Object.keys(routes)) router.delete(id);
        assert.equal(router.size, 0);
        for (const [request] of asks) assert.equal(router.match({ ...plainRequest, ...request }), undefined);
      });
    }
  });
}

describe('routes of streams, expressions', () => {
  it('are found by expressions, then by fields, and go', () => {
    const router = createStreamExpressionsRouter();
    router.put(targetOf({ id: 'e', expression: 'net.protocol == "udp" && net.dst.port == 53', protocols: ['udp'] }));
    router.put(targetOf({ id: 'f', sources: [{ ip: plainRequest.clientIp }], protocols: ['tcp', 'udp'] }));
    const find = (asked: object) => router.match({ ...plainRequest, ...asked })?.route['id'];
    assert.equal(find({ scheme: 'udp', port: 53 }), 'e');
    assert.equal(find({ scheme: 'udp', port: 54 }), 'f');
    assert.equal(find({ scheme: 'tcp', port: 53 }), 'f');
    assert.equal(router.size, 2);
    router.delete('e');
    assert.equal(find({ scheme: 'udp', port: 53 }), 'f');
    router.delete('f');
    assert.equal(find({ scheme: 'udp', port: 53 }), undefined);
    assert.throws(() => router.put(targetOf({ id: 'e', expression: 'http.path == "/"', protocols: ['tcp'] })), {
      code: 'ERR_EXPRESSION',
    });
  });
});
