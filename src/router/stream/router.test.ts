import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStreamFieldsRouter } from '../index.ts';
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
