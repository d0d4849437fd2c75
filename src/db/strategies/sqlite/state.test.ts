import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createManualClock } from '../../../kernel/index.ts';
import { createSqliteStrategy } from './index.ts';
import { deleteSqliteStore, readSqliteState } from './state.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'gibbon-state-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('readSqliteState', () => {
  it('knows no store where there is no file, or an empty one', () => {
    assert.equal(readSqliteState(join(folder, 'none.db')), undefined);
    writeFileSync(join(folder, 'empty.db'), '');
    assert.equal(readSqliteState(join(folder, 'empty.db')), undefined);
  });

  it('finds an opened store up to date, until it is deleted', async () => {
    const path = join(folder, 'store.db');
    const strategy = createSqliteStrategy({ path, clock: createManualClock() });
    await strategy.open([]);
    await strategy.close();
    assert.deepEqual(readSqliteState(path)?.missing, []);
    assert.equal(readSqliteState(path)?.executed.at(0), 1);
    deleteSqliteStore(path);
    assert.equal(existsSync(path), false);
    assert.equal(readSqliteState(path), undefined);
  });

  it('refuses a file that is no store', () => {
    const path = join(folder, 'text.db');
    writeFileSync(path, 'this is no database, but long enough to be looked at by SQLite as one'.repeat(20));
    assert.throws(() => readSqliteState(path), /not a database/);
  });
});
