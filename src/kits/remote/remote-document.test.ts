import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHost, createManualClock, type FakeHost } from '../../pdk/testing.ts';
import { createRemoteDocument } from './index.ts';

const minute = 60_000;

/** A document that lives ten minutes, with an hour of grace and a minute between two tries. */
function create(host: FakeHost = createFakeHost({ clock: createManualClock() })) {
  const server = { text: '{"version":1}', isAway: false, fetched: 0, release: undefined as (() => void) | undefined };
  const document = createRemoteDocument({
    name: 'the test',
    async load() {
      server.fetched++;
      const { text, isAway } = server;
      await new Promise<void>((resolve) => {
        if (server.release === undefined) resolve();
        else server.release = resolve;
      });
      if (isAway) throw new Error('it is away');
      return text;
    },
    parse: (text) => JSON.parse(text) as { readonly version: number },
    clock: host.clock,
    log: host.log,
    life: 10 * minute,
    grace: 60 * minute,
    coolDown: minute,
    store: host.store,
    key: 'test',
  });
  return { server, document, host, clock: host.clock };
}

test('a document is fetched once, for all who ask at the same time', async () => {
  const { server, document } = create();
  const all = await Promise.all([document.get(), document.get(), document.renew()]);
  assert.deepEqual([all.map((one) => one?.version), server.fetched], [[1, 1, 1], 1]);
  assert.deepEqual(document.get(), { version: 1 });
});

test('it is renewed in the background before it ends, and the same text keeps the same value', async () => {
  const { server, document, clock } = create();
  const first = await document.get();
  clock.advance(7 * minute);
  document.tend();
  assert.equal(server.fetched, 1);
  clock.advance(minute);
  document.tend();
  assert.equal(document.get(), first);
  await document.renew();
  assert.equal(document.get(), first);
  assert.equal(server.fetched, 2);
  server.text = '{"version":2}';
  clock.advance(8 * minute);
  assert.equal(document.get(), first);
  await document.renew();
  assert.deepEqual([document.get(), server.fetched], [{ version: 2 }, 3]);
});

test('who misses something has it fetched at once, and then once in a cool-down', async () => {
  const { server, document, clock } = create();
  await document.get();
  server.text = '{"version":2}';
  const all = await Promise.all([document.renew(), document.renew()]);
  assert.deepEqual([all.map((one) => one?.version), server.fetched], [[2, 2], 2]);
  for (let at = 0; at < 100; at++) assert.equal(await document.renew(), undefined);
  assert.equal(server.fetched, 2);
  clock.advance(minute);
  assert.deepEqual([(await document.renew())?.version, server.fetched], [2, 3]);
});

test('the last one serves while the server is away, and no longer than the grace', async () => {
  const { server, document, clock, host } = create();
  await document.get();
  server.isAway = true;
  clock.advance(11 * minute);
  assert.deepEqual(document.get(), { version: 1 });
  assert.equal(await document.renew(), undefined);
  clock.advance(58 * minute);
  assert.deepEqual(document.get(), { version: 1 });
  await document.renew();
  clock.advance(minute);
  assert.equal(await document.get(), undefined);
  assert.equal(host.lines.length, 1);
  assert.match(
    host.lines[0]!.message,
    /^Cannot fetch the test \(what is known of it serves for 3540 s more\): it is away$/,
  );

  // After a failure the server has its rest.
  const { fetched } = server;
  server.isAway = false;
  assert.equal(await document.get(), undefined);
  assert.equal(server.fetched, fetched);
  clock.advance(minute);
  assert.deepEqual(await document.get(), { version: 1 });
  assert.equal(host.lines.at(-1)!.message, 'Can fetch the test again');
});

test('what is no such document changes nothing', async () => {
  const { server, document, clock } = create();
  await document.get();
  server.text = '<html>';
  clock.advance(minute);
  assert.equal(await document.renew(), undefined);
  assert.deepEqual(document.get(), { version: 1 });
});

test('what one worker fetched serves the others, also one that begins while the server is away', async () => {
  const host = createFakeHost({ clock: createManualClock() });
  const [one, two] = [create(host), create(host)];
  await one.document.get();
  two.server.isAway = true;
  assert.deepEqual(await two.document.get(), { version: 1 });
  one.server.text = '{"version":2}';
  host.clock.advance(minute);
  await one.document.renew();
  assert.deepEqual(await two.document.renew(), { version: 2 });
  assert.deepEqual([one.server.fetched, two.server.fetched], [2, 0]);
});
