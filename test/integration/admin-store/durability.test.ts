import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { createDatabase, createSqliteStrategy } from '../../../src/db/index.ts';
import { coreEntities } from '../../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../../src/kernel/index.ts';
import { createTestEnvironment } from '../../support/admin.ts';

describe('a store whose process is killed', () => {
  it('has every row that was acknowledged, whole and once', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'gibbon-durable-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'store.db');
    const acknowledged: string[] = [];
    for (let life = 0; life < 6; life++) {
      acknowledged.push(...(await writeUntilKilled(path, 20 + Math.floor(Math.random() * 400))));

      const database = await createDatabase({
        strategy: createSqliteStrategy({ path, clock: systemClock }),
        entities: coreEntities,
        environment: createTestEnvironment(systemClock),
        onEvent: () => {},
        clock: systemClock,
        logger: silentLogger,
      });
      const present = new Map<unknown, unknown>();
      for await (const row of database.dao('consumers').each()) present.set(row.id, row.tags);
      assert.ok(acknowledged.length > 0);
      for (const id of acknowledged) assert.ok(present.has(id), `acknowledged row ${id} is gone (life ${life})`);
      const tagged = new Set<unknown>();
      for await (const row of database.dao('tags').each()) tagged.add(row.entity_id);
      assert.deepEqual(tagged, new Set(present.keys()));
      await database.close();
      assert.equal(integrity(path), 'ok');
    }
  });
});

/** Lets a process write until it has acknowledged `count` rows, kills it, and returns what it had said by then. */
function writeUntilKilled(path: string, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      printed += text;
      if (printed.length >= count * 37) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the writer ended by itself with code ${code}`));
      // A last line without its end was not acknowledged to anybody.
      else resolve(printed.slice(0, printed.lastIndexOf('\n')).split('\n'));
    });
  });
}

function integrity(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  const answer = database.prepare('PRAGMA integrity_check').get()?.integrity_check;
  database.close();
  return answer;
}
