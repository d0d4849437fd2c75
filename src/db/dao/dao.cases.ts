import { describe } from 'node:test';
import { changeCases } from './cases/changes.ts';
import { createHarness, type StoreUnderTest } from './cases/harness.ts';
import { insertCases } from './cases/inserts.ts';
import { lifetimeCases } from './cases/lifetimes.ts';
import { manyCases } from './cases/many.ts';
import { readCases } from './cases/reads.ts';
import { sumCases } from './cases/sums.ts';

/** The cases that hold for the DAO over every kind of store. */
export function daoCases(name: string, createStore: () => Promise<StoreUnderTest>): void {
  describe(`dao over ${name}`, () => {
    const harness = createHarness(createStore);
    insertCases(harness);
    changeCases(harness);
    readCases(harness);
    lifetimeCases(harness);
    manyCases(harness);
    sumCases(harness);
  });
}
