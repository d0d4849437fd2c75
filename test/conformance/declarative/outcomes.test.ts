import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeclarationLoad, DeclarativeView } from '../../../src/admin/index.ts';
import { emptyHash } from '../../../src/db/index.ts';
import { startAdmin } from '../../support/admin.ts';

interface Outcome {
  readonly when: string;
  readonly loads?: DeclarationLoad;
  readonly maxBytes?: number;
  readonly status: number;
  readonly message?: string;
  readonly retryAfter?: string;
}

/** How Kong 3.9.3 answers `POST /config` when a good configuration is not loaded. */
const outcomes: readonly Outcome[] = [
  { when: 'it is loaded', loads: 'loaded', status: 201 },
  {
    when: 'another one is being loaded',
    loads: 'busy',
    status: 429,
    message: 'Currently loading previous configuration',
    retryAfter: '1',
  },
  { when: 'workers do not take it', loads: 'timeout', status: 504, message: 'Timed out while loading configuration' },
  { when: 'the node is about to end', loads: 'exiting', status: 503, message: 'Kong currently exiting' },
  {
    when: 'it is too large',
    maxBytes: 10,
    status: 413,
    message: 'Configuration does not fit in LMDB database, consider raising the "lmdb_map_size" config for Kong',
  },
];

describe('POST /config', () => {
  for (const { when, loads = 'loaded', maxBytes = 1000, status, message, retryAfter } of outcomes) {
    it(`answers ${status} when ${when}`, async () => {
      const view: DeclarativeView = {
        hash: () => emptyHash,
        maxBytes,
        read: (_table, hash) => ({ ok: true, declaration: { rows: new Map(), hash } }),
        compare: () => [],
        load: async () => loads,
        export: async () => '',
      };
      const admin = await startAdmin({ declarative: view });
      try {
        const answer = await admin.send({
          method: 'POST',
          path: '/config',
          headers: { 'content-type': 'application/json' },
          body: '{"_format_version":"3.0"}',
        });
        assert.equal(answer.status, status);
        assert.equal((JSON.parse(answer.body) as { message?: string }).message, message);
        assert.equal(answer.headers['retry-after'], retryAfter);
      } finally {
        await admin.close();
      }
    });
  }
});
