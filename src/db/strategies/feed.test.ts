import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EntityChange } from '../../events/index.ts';
import { createManualClock } from '../../kernel/index.ts';
import { createFeed, feedPage } from './feed.ts';
import { createLock } from './lock.ts';

/** A shared store of events whose numbers are their places, and a node that reads it. */
function createStore() {
  const events: { readonly place: number; readonly node: string; readonly changes: readonly EntityChange[] }[] = [];
  const clock = createManualClock();
  const heard: string[] = [];
  const timers: (() => void)[] = [];
  let isAway = false;
  let losses = 0;
  const feed = createFeed({
    newest: async () => String(events.length),
    read: async ({ after, before, withOwn }) => {
      if (isAway) throw new Error('the store is away');
      return events
        .filter(({ place }) => place > Number(after) && place < Number(before ?? Number.POSITIVE_INFINITY))
        .filter(({ node }) => withOwn || node !== 'own')
        .slice(0, feedPage)
        .map(({ place, changes }) => ({ position: String(place), changes }));
    },
    exclusively: createLock(),
    everyMs: 100,
    keptMs: 1000,
    clock,
    after(_ms, work) {
      timers.push(work);
      return () => void timers.splice(timers.indexOf(work), 1);
    },
  });
  return {
    feed,
    clock,
    heard,
    timers,
    get losses() {
      return losses;
    },
    set isAway(away: boolean) {
      isAway = away;
    },
    start: () =>
      feed.start({
        heard: ({ changes }) => void heard.push(String(changes[0]!.row.id)),
        lost: () => {
          losses += 1;
        },
      }),
    commit(node: string, id: string): { readonly previous: string; readonly own: string } {
      const previous = String(events.length);
      events.push({
        place: events.length + 1,
        node,
        changes: [{ entity: 'routes', operation: 'create', row: { id } }],
      });
      return { previous, own: String(events.length) };
    },
    /** Lets the reading that is due happen. */
    async tick() {
      timers.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('a feed', () => {
  it('tells of what others commit after its start, once', async () => {
    const store = createStore();
    store.commit('other', 'before');
    await store.start();
    store.commit('other', 'a');
    store.commit('own', 'mine');
    store.commit('other', 'b');
    await store.tick();
    await store.tick();
    assert.deepEqual(store.heard, ['a', 'b']);
  });

  it('reads on where more is new than is read at a time', async () => {
    const store = createStore();
    await store.start();
    for (let at = 0; at < 2 * feedPage + 1; at++) store.commit('other', String(at));
    await store.tick();
    assert.deepEqual(store.heard.length, 2 * feedPage + 1);
  });

  it('tells of what came before an own write ahead of it, and of nothing that came after', async () => {
    const store = createStore();
    await store.start();
    store.commit('other', 'a');
    const { previous, own } = store.commit('own', 'mine');
    store.commit('other', 'b');
    await store.feed.catchUp(previous, own);
    assert.deepEqual(store.heard, ['a']);
    await store.tick();
    assert.deepEqual(store.heard, ['a', 'b']);
  });

  it('tells everything again in order when it could not keep it', async () => {
    const store = createStore();
    await store.start();
    store.commit('other', 'a');
    const { previous, own } = store.commit('own', 'mine');
    store.isAway = true;
    await store.feed.catchUp(previous, own);
    await store.tick();
    assert.deepEqual(store.heard, []);
    store.isAway = false;
    store.commit('other', 'b');
    await store.tick();
    assert.deepEqual(store.heard, ['a', 'mine', 'b']);
  });

  it('tells of an own write whose commit was not confirmed', async () => {
    const store = createStore();
    await store.start();
    store.commit('own', 'mine');
    store.feed.doubt();
    await store.tick();
    assert.deepEqual(store.heard, ['mine']);
    store.commit('own', 'announced by the writer');
    await store.tick();
    assert.deepEqual(store.heard, ['mine']);
  });

  it('says when it was cut off for longer than events are kept', async () => {
    const store = createStore();
    await store.start();
    store.clock.advance(900);
    await store.tick();
    assert.equal(store.losses, 0);
    store.clock.advance(1001);
    await store.tick();
    assert.equal(store.losses, 1);
  });

  it('is silent once it is stopped', async () => {
    const store = createStore();
    await store.start();
    store.feed.stop();
    store.commit('other', 'a');
    store.feed.wake();
    await store.tick();
    assert.deepEqual([store.heard, store.timers], [[], []]);
  });
});
