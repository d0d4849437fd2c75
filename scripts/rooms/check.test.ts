import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkRooms } from './check.ts';

const door = '/** What it is for. */\n';

/** Checks files given as path and text; rooms named in them get a door unless they bring one. */
function check(files: Record<string, string>): string[] {
  const all = { ...files };
  for (const path of Object.keys(files)) {
    const [, room = '', rest] = path.split('/');
    if (rest !== undefined && room !== 'plugins') all[`src/${room}/index.ts`] ??= door;
  }
  return checkRooms(Object.entries(all).map(([path, text]) => ({ path, text })));
}

describe('checkRooms', () => {
  it('is content with imports that point downwards through doors', () => {
    assert.deepEqual(
      check({
        'src/cli/main.ts': "import { a } from '../gateway/index.ts';\nimport { b } from '../kernel/index.ts';",
        'src/router/match.ts': "import { c } from './tree.ts';\nimport type { D } from '../entities/index.ts';",
        'src/index.ts': "export { a } from './gateway/index.ts';",
        'src/proxy/fake.test.ts': "import { fake } from '../pdk/testing.ts';",
      }),
      [],
    );
  });

  it('refuses imports upwards and sideways, in tests too', () => {
    assert.deepEqual(
      check({
        'src/kernel/a.ts': "import { b } from '../schema/index.ts';",
        'src/router/a.ts': "import { b } from '../balancer/index.ts';",
        'src/schema/a.test.ts': "\nimport { b } from '../db/index.ts';\nimport { c } from '../plugins/registry.ts';",
      }),
      [
        'src/kernel/a.ts:1: room "kernel" may not import room "schema"',
        'src/router/a.ts:1: room "router" may not import room "balancer"',
        'src/schema/a.test.ts:2: room "schema" may not import room "db"',
      ],
    );
  });

  it('refuses to pass by a door, except in tests', () => {
    assert.deepEqual(
      check({
        'src/router/a.ts': "import { b } from '../schema/fields.ts';",
        'src/router/a.test.ts': "import { b } from '../schema/fields.ts';",
        'src/index.ts': "export { x } from './gateway/main.ts';",
      }),
      [
        'src/index.ts:1: "src/gateway/main.ts" lies behind a door: import "src/gateway/index.ts"',
        'src/router/a.ts:1: "src/schema/fields.ts" lies behind a door: import "src/schema/index.ts"',
      ],
    );
  });

  it('keeps plugins apart from one another and from core', () => {
    assert.deepEqual(
      check({
        'src/plugins/registry.ts': "import { a } from './cors/index.ts';\nimport { b } from './cors/schema.ts';",
        'src/plugins/cors/index.ts': "import { s } from './schema.ts';\nimport { p } from '../../pdk/index.ts';",
        'src/plugins/acl/index.ts':
          "import { c } from '../cors/index.ts';\nimport { r } from '../../router/index.ts';\nimport { t } from '../registry.ts';",
        'src/gateway/a.ts': "import { plugins } from '../plugins/registry.ts';",
        'src/proxy/a.ts': "import { plugins } from '../plugins/registry.ts';",
      }),
      [
        'src/plugins/acl/index.ts:1: "plugins/acl" may not import another part of "plugins"',
        'src/plugins/acl/index.ts:2: room "plugins" may not import room "router"',
        'src/plugins/acl/index.ts:3: "plugins/acl" may not import another part of "plugins"',
        'src/plugins/registry.ts:2: "src/plugins/cors/schema.ts" lies behind a door: import "src/plugins/cors/index.ts"',
        'src/proxy/a.ts:1: room "proxy" may not import room "plugins"',
      ],
    );
  });

  it('lets kits build on the common one', () => {
    assert.deepEqual(
      check({
        'src/kits/jwt/a.ts': "import { a } from '../credentials/index.ts';\nimport { b } from '../credentials/b.ts';",
        'src/kits/credentials/c.ts': "import { d } from '../jwt/index.ts';",
      }),
      [
        'src/kits/credentials/c.ts:1: "kits/credentials" may not import another part of "kits"',
        'src/kits/jwt/a.ts:2: "src/kits/credentials/b.ts" lies behind a door: import "src/kits/credentials/index.ts"',
      ],
    );
  });

  it('refuses imports out of src, except of test support in tests', () => {
    assert.deepEqual(
      check({
        'src/kernel/a.ts': "import { b } from '../../test/support/b.ts';\nimport { c } from '../../scripts/c.ts';",
        'src/kernel/a.test.ts': "import { b } from '../../test/support/b.ts';",
      }),
      [
        'src/kernel/a.ts:1: "test/support/b.ts" lies outside src/',
        'src/kernel/a.ts:2: "scripts/c.ts" lies outside src/',
      ],
    );
  });

  it('wants each package in one file', () => {
    assert.deepEqual(
      check({
        'src/admin/a.ts': "import fastify from 'fastify';\nimport { x } from '@scope/pkg/deep';",
        'src/admin/b.ts': "import type { F } from 'fastify';\nimport { y } from '@scope/pkg';",
        'src/admin/b.test.ts': "import fastify from 'fastify';",
      }),
      [
        'src/admin/b.ts:1: package "fastify" is imported by "src/admin/a.ts" already: one file speaks to it',
        'src/admin/b.ts:2: package "@scope/pkg" is imported by "src/admin/a.ts" already: one file speaks to it',
      ],
    );
  });

  it('keeps clock, process and console in the rooms that may touch them', () => {
    const text = [
      'const a = process.env.HOME;',
      "process.on('exit', f);",
      'Date.now();',
      'setTimeout(f, 1);',
      'socket.setTimeout(1);',
      'console.log(1);',
      '// console.log(process.env)',
      'const options = { setTimeout: f };',
      'process.pid;',
    ].join('\n');
    const owners = 'kernel, settings, gateway, cli';
    assert.deepEqual(check({ 'src/dns/a.ts': text, 'src/kernel/a.ts': text, 'src/dns/a.test.ts': text }), [
      `src/dns/a.ts:1: "process.env" belongs to ${owners}: be handed it instead`,
      `src/dns/a.ts:2: "process.on" belongs to ${owners}: be handed it instead`,
      `src/dns/a.ts:3: "Date.now" belongs to ${owners}: be handed it instead`,
      `src/dns/a.ts:4: "setTimeout" belongs to ${owners}: be handed it instead`,
      `src/dns/a.ts:6: "console" belongs to ${owners}: be handed it instead`,
    ]);
  });

  it('wants a door that says what the room is for, and rooms that the table knows', () => {
    assert.deepEqual(
      checkRooms([
        { path: 'src/dns/a.ts', text: '' },
        { path: 'src/tls/index.ts', text: "export { a } from './a.ts';" },
        { path: 'src/attic/index.ts', text: door },
      ]),
      [
        'src/attic/index.ts: room "attic" is not in scripts/rooms/table.ts',
        'src/dns/index.ts: room "dns" has no door',
        'src/tls/index.ts: open with what the room is for and must not know',
      ],
    );
  });
});
