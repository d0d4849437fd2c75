import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Session } from '../../kits/sessions/index.ts';
import { createFakeHost, createManualClock } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { sessions } from './entities.ts';
import { settingsOf } from './settings.ts';
import { createStorage } from './storage.ts';

const secret = 'an old secret of ours';
const start = 1_700_000_000;
const bob = ['4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', 'a-credential', ['staff', 'press']];

const defaults = {
  secret,
  storage: 'cookie',
  audience: 'default',
  idling_timeout: 900,
  rolling_timeout: 3600,
  absolute_timeout: 86_400,
  stale_ttl: 10,
  cookie_name: 'session',
  cookie_path: '/',
  cookie_domain: null,
  cookie_same_site: 'Strict',
  cookie_http_only: true,
  cookie_secure: true,
  remember: false,
  remember_cookie_name: 'remember',
  remember_rolling_timeout: 604_800,
  remember_absolute_timeout: 2_592_000,
  response_headers: null,
  request_headers: null,
  read_body_for_logout: false,
  logout_methods: ['POST', 'DELETE'],
  logout_query_arg: 'session_logout',
  logout_post_arg: 'session_logout',
} as const;

/** Sessions of one configuration, with a store and a browser that keeps cookies. */
function createWorld(changes: Partial<Record<keyof typeof defaults, unknown>> = {}, entities: Row = {}) {
  const clock = createManualClock(start * 1000);
  const host = createFakeHost({ clock, entities: entities as never });
  const storage = createStorage(host.reader(sessions), host.writer(sessions));
  const settings = settingsOf({ ...defaults, ...changes } as never, storage, () => 'own');
  const jar = new Map<string, string>();
  const world = {
    clock,
    host,
    jar,
    /** A session for a request that brings all cookies of the jar. */
    create: () =>
      new Session(
        settings,
        [[...jar].map(([name, value]) => `${name}=${value}`).join('; ')],
        Math.floor(clock.now() / 1000),
      ),
    /** Stores what the session has to store, and puts its cookies into the jar; returns their attributes. */
    async settle(session: Session): Promise<string[]> {
      await Promise.all(session.takeWrites());
      return session.takeCookies().map((cookie) => {
        const equals = cookie.indexOf('=');
        const end = cookie.indexOf(';');
        const name = cookie.slice(0, equals);
        if (cookie.includes('Max-Age=0')) jar.delete(name);
        else jar.set(name, cookie.slice(equals + 1, end));
        return name + cookie.slice(end);
      });
    },
    /** Opens what the jar has; undefined where it is not good. */
    async open(): Promise<Session | undefined> {
      const session = world.create();
      return (await session.open()) ? session : undefined;
    },
    async begin(data: readonly unknown[] = bob): Promise<void> {
      const session = world.create();
      session.set(data, 'bob');
      assert.ok(session.save());
      await world.settle(session);
    },
    async after(seconds: number): Promise<Session | undefined> {
      clock.advance(seconds * 1000);
      return await world.open();
    },
  };
  return world;
}

describe('sessions that Kong made are good', () => {
  // Made with another implementation of lua-resty-session's layout, from a secret and an id that are known.
  const samples = {
    plain:
      'AQAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAAAAAAB8AAAiA59F0TNpjcUoqUVmzNDcAAAAJs776FdqFJdU3AvqdOJIYALn90Vm5_QqGVX9pjrtLUxaBWhBEfHvkF2oEwQGqhRN6WDVG6YKROklN9qaR52lsfYSNBoNUi7xtSTLhEQIeAMGaHzf1dtIm-LvMqZ-ZeU7HWOew5Am0evTH0jHIj',
    rolled:
      'AQAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAOgDAAB8AABVZEQFqakSs4hWKB4WvJMy9AEA0UfpKLwtFMxWKLXglj4UVwLn90Vm5_QqGVX9pjrtLUxaBWhBEfHvkF2oEwQGqhRN6WDVG6YKROklN9qaR52lsfYSNBoNUi7xtSTLhEQIeAMGaHzf1dtIm-LvMqZ-ZeU7HWOew5Am0evTH0jHIj',
    deflated:
      'ARAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAAAAAABvAAA34hkEtPxrTdyF-DK4drfgAAAAkkOgZNsnYUyw2hT3TgOrOAeOxmfpo9eMRsgQxsI7QJDNKKIBoueb23ZUaGVBNJY4FMfQ0W62pTS8Iyh7dGp0y1Hj1dbuRzw6HlAyPwcfOq0nrjmnP0dY2Fxe5m7mu0TytH0J8',
  };
  for (const [title, cookie] of Object.entries(samples)) {
    test(title, async () => {
      const world = createWorld();
      world.jar.set('session', cookie);
      const session = await (title === 'rolled' ? world.after(1500) : world.open());
      assert.deepEqual([session?.data, session?.property('subject')], [bob, 'bob']);
      assert.equal(session?.property('id'), 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');
    });
  }

  test('remembered', async () => {
    const world = createWorld({ remember: true });
    world.jar.set(
      'remember',
      'AQAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAAAAAAB8AAA9JEuh-Sfv9GYoflFN5_lJAAAAmPCfDejGyE1y_DkSs6LS6AxDyUtaYy-8rQ6J-t8vCe5aMOrpszMLjCpb4Upl7PWXBiVwKe0OwF0_0iefdRJ5qLyYV-p_78pTaNqUKE1uyVxFMIJ3AMg4EWN_3wt2A4T1_K8k9-RtbxbNf7H9pP',
    );
    assert.deepEqual((await world.open())?.data, bob);
  });

  test('in the store', async () => {
    const row = {
      id: '1',
      session_id: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
      data: '["Ln90Vm5_QqGVX9pjrtLUxaBWhBEfHvkF2oEwQGqhRN6WDVG6YKROklN9qaR52lsfYSNBoNUi7xtSTLhEQIeAMGaHzf1dtIm-LvMqZ-ZeU7HWOew5Am0evTH0jHIj"]',
    };
    const world = createWorld({ storage: 'kong' }, { sessions: [row] });
    world.jar.set(
      'session',
      'AQEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAAAAAAB8AADRm3G3Ha8UsvaYvFgsO9RDAAAATWj2Iq0mNfM7MxYKj10l4Q',
    );
    assert.deepEqual((await world.open())?.data, bob);
  });

  test('of another audience, which is kept beside our own', async () => {
    const world = createWorld();
    world.jar.set(
      'session',
      'AQAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAAAAAAAqAACrBWHbdGhY7IxumC51-0qjAAAASc1EN9UOW5nFtB0p6Wy5BwLn90ViI_WObVHLUsoYfeh6EM2BdeGfYQndwnCH-YLw',
    );
    const session = world.create();
    assert.equal(await session.open(), false);
    session.set(bob, 'bob');
    assert.ok(session.save());
    await world.settle(session);
    assert.deepEqual((await world.open())?.data, bob);
  });

  test('no byte of them can be changed', async () => {
    const world = createWorld();
    const { plain } = samples;
    for (let at = 0; at < plain.length; at++) {
      // The last character of the head, and of the data, has bits that mean nothing.
      if (at === 109 || at === plain.length - 1) continue;
      world.jar.set('session', `${plain.slice(0, at)}${plain[at] === 'B' ? 'C' : 'B'}${plain.slice(at + 1)}`);
      assert.equal(await world.open(), undefined, String(at));
    }
    for (const cookie of [
      '',
      'x',
      plain.slice(0, 109),
      plain.slice(0, 110),
      plain.slice(0, -1),
      `${plain}A`,
      `${plain} `,
    ]) {
      world.jar.set('session', cookie);
      assert.equal(await world.open(), undefined, cookie);
    }
  });

  test('not with another secret, nor in another place', async () => {
    for (const [changes, cookie] of [
      [{ secret: 'another' }, samples.plain],
      [{ storage: 'kong' }, samples.plain],
      [
        {},
        'AQEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A8VNlAAAAAAB8AADRm3G3Ha8UsvaYvFgsO9RDAAAATWj2Iq0mNfM7MxYKj10l4QLn90Vm5_QqGVX9pjrtLUxaBWhBEfHvkF2oEwQGqhRN6WDVG6YKROklN9qaR52lsfYSNBoNUi7xtSTLhEQIeAMGaHzf1dtIm-LvMqZ-ZeU7HWOew5Am0evTH0jHIj',
      ],
      [{ cookie_name: 'other' }, samples.plain],
    ] as const) {
      const world = createWorld(changes);
      world.jar.set('session', cookie);
      assert.equal(await world.open(), undefined);
    }
  });
});

for (const storage of ['cookie', 'kong'] as const) {
  describe(`a session in the ${storage === 'kong' ? 'store' : storage}`, () => {
    test('is there again with the next request', async () => {
      const world = createWorld({ storage });
      assert.equal(await world.open(), undefined);
      await world.begin();
      assert.deepEqual((await world.open())?.data, bob);
    });

    test('ends when it is not used', async () => {
      const world = createWorld({ storage });
      await world.begin();
      assert.ok(await world.after(900));
      assert.equal(await world.after(1), undefined);
    });

    test('goes on as long as it is used, up to its end', async () => {
      const world = createWorld({ storage, absolute_timeout: 10_000 });
      await world.begin();
      for (let second = 0; second < 10_000; second += 500) {
        const session = await world.after(500);
        assert.ok(session, String(second));
        assert.ok(session.refresh());
        await world.settle(session);
      }
      assert.equal(await world.after(1), undefined);
    });

    test('is touched when it idled for more than a minute', async () => {
      const world = createWorld({ storage });
      await world.begin();
      const [before] = world.jar.values();
      const soon = (await world.after(60))!;
      assert.ok(soon.refresh());
      assert.deepEqual(await world.settle(soon), []);
      const later = (await world.after(1))!;
      assert.ok(later.refresh());
      assert.deepEqual(await world.settle(later), ['session; Path=/; SameSite=Strict; Secure; HttpOnly']);
      assert.notEqual([...world.jar.values()][0], before);
      assert.ok(await world.after(900));
    });

    test('is renewed when three quarters of its time are over', async () => {
      const world = createWorld({ storage, rolling_timeout: 1000, idling_timeout: 0 });
      await world.begin();
      const early = (await world.after(750))!;
      const id = early.property('id');
      assert.ok(early.refresh());
      assert.deepEqual([await world.settle(early), early.property('id')], [[], id]);
      const late = (await world.after(1))!;
      assert.ok(late.refresh());
      await world.settle(late);
      assert.notEqual(late.property('id'), id);
      assert.equal(late.property('rolling-timeout'), '1000');
      assert.ok(await world.after(999));
      assert.equal(await world.after(2), undefined);
    });

    test('ends with a logout', async () => {
      const world = createWorld({ storage });
      await world.begin();
      const session = (await world.open())!;
      assert.ok(session.logout());
      assert.deepEqual(await world.settle(session), [
        'session; Path=/; SameSite=Strict; Secure; HttpOnly; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0',
      ]);
      assert.equal(await world.open(), undefined);
    });

    test('tells how long it lasts', async () => {
      const world = createWorld({ storage });
      await world.begin();
      const session = await world.after(100);
      const names = ['id', 'audience', 'subject', 'timeout', 'idling-timeout', 'rolling-timeout', 'absolute-timeout'];
      assert.deepEqual(
        names.slice(1).map((name) => session?.property(name)),
        ['default', 'bob', '800', '800', '3500', '86300'],
      );
      assert.match(session?.property('id') ?? '', /^[\w-]{43}$/);
      assert.equal(session?.property('nothing'), undefined);
      const endless = createWorld({ storage, idling_timeout: 0, rolling_timeout: 0, absolute_timeout: 0 });
      await endless.begin();
      const unlimited = (await endless.after(1e6))!;
      assert.deepEqual(
        names.slice(3).map((name) => unlimited.property(name)),
        [undefined, undefined, undefined, undefined],
      );
    });

    test('is remembered by a cookie that lasts', async () => {
      const world = createWorld({ storage, remember: true });
      await world.begin();
      const { remember } = Object.fromEntries(world.jar);
      assert.ok(remember);
      world.jar.delete('session');
      const session = await world.after(100_000);
      assert.deepEqual(session?.data, bob);
      const set = await world.settle(session!);
      assert.deepEqual(set.map((cookie) => cookie.split(';', 1)[0]).sort(), ['remember', 'session']);
      assert.match(set.find((cookie) => cookie.startsWith('remember'))!, /; Expires=\w{3}, [^;]+ GMT; Max-Age=604800$/);
      assert.notEqual(world.jar.get('remember'), remember);
      assert.deepEqual((await world.open())?.data, bob);
      const last = (await world.open())!;
      assert.ok(last.logout());
      await world.settle(last);
      assert.equal(world.jar.size, 0);
    });

    test('is not remembered for ever', async () => {
      const world = createWorld({ storage, remember: true });
      await world.begin();
      world.jar.delete('session');
      assert.equal(await world.after(604_801), undefined);
    });

    test('is not what was remembered, nor the other way', async () => {
      const world = createWorld({ storage, remember: true });
      await world.begin();
      const { session, remember } = Object.fromEntries(world.jar);
      world.jar.set('session', remember!);
      world.jar.set('remember', session!);
      assert.equal(await world.open(), undefined);
    });
  });
}

test('long sessions are deflated, and parted into several cookies that go with them', async () => {
  const world = createWorld();
  const noise = Array.from({ length: 600 }, (_, at) => Math.sin(at).toString(36).slice(2));
  await world.begin(['a', 'b', noise]);
  assert.ok(world.jar.size > 1);
  assert.deepEqual((await world.open())?.data, ['a', 'b', noise]);

  const shorter = (await world.open())!;
  shorter.set(['a', 'b'], 'bob');
  assert.ok(shorter.save());
  await world.settle(shorter);
  assert.deepEqual([...world.jar.keys()], ['session']);

  await world.begin(['a', 'b', noise]);
  const last = (await world.open())!;
  assert.ok(last.logout());
  await world.settle(last);
  assert.equal(world.jar.size, 0);

  await world.begin(['a', 'b', noise]);
  world.jar.delete('session2');
  assert.equal(await world.open(), undefined);
});

test('a session that does not fit into cookies is not saved', () => {
  const session = createWorld().create();
  session.set(
    Array.from({ length: 9000 }, (_, at) => Math.sin(at).toString(36)),
    'bob',
  );
  assert.equal(session.save(), false);
});

test('a session in the store is good for a while after it was renewed, and no longer', async () => {
  const world = createWorld({ storage: 'kong', rolling_timeout: 1000 });
  await world.begin();
  const { session: old } = Object.fromEntries(world.jar);
  const session = (await world.after(800))!;
  assert.ok(session.refresh());
  await world.settle(session);
  const { session: renewed } = Object.fromEntries(world.jar);
  world.jar.set('session', old!);
  assert.ok(await world.after(9));
  assert.equal(await world.after(1), undefined);
  world.jar.set('session', renewed!);
  assert.ok(await world.open());
});

test('nothing of a session can be read in the store', async () => {
  const world = createWorld({ storage: 'kong' });
  await world.begin();
  const session = (await world.open())!;
  const row = await world.host.rows('sessions').findBy('session_id', session.property('id')!);
  assert.doesNotMatch(JSON.stringify(row), /staff|4b6e9a2c|bob|credential/);
  assert.equal(row?.['expires'], start + 3600);
});

test('audiences that share a cookie end one by one', async () => {
  const one = createWorld({ audience: 'one' });
  const two = createWorld({ audience: 'two' });
  const share = (from: typeof one, to: typeof one): void => {
    to.jar.clear();
    for (const [name, value] of from.jar) to.jar.set(name, value);
  };
  await one.begin(['1']);
  share(one, two);
  const begun = two.create();
  assert.equal(await begun.open(), false);
  begun.set(['2'], 'two');
  begun.save();
  await two.settle(begun);
  share(two, one);
  assert.deepEqual([(await one.open())?.data, (await two.open())?.data], [['1'], ['2']]);
  const last = (await two.open())!;
  assert.ok(last.logout());
  await two.settle(last);
  share(two, one);
  assert.deepEqual([(await one.open())?.data, await two.open()], [['1'], undefined]);
});
