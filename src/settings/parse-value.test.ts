import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSize, parseTime } from './parse-value.ts';

describe('parseSize', () => {
  for (const [text, bytes] of [
    ['0', 0],
    ['512', 512],
    ['8k', 8192],
    ['8K', 8192],
    ['10m', 10_485_760],
    ['2g', 2_147_483_648],
    ['', undefined],
    ['k', undefined],
    ['1.5m', undefined],
    ['-1', undefined],
    ['8kb', undefined],
  ] as const) {
    it(`reads "${text}" as ${bytes}`, () => assert.equal(parseSize(text), bytes));
  }
});

describe('parseTime', () => {
  for (const [text, ms] of [
    ['0', 0],
    ['60', 60_000],
    ['60s', 60_000],
    ['500ms', 500],
    ['1d', 86_400_000],
    ['1h 30m', 5_400_000],
    ['1h30m', 5_400_000],
    ['', undefined],
    ['s', undefined],
    ['1.5s', undefined],
    ['10 apples', undefined],
    ['-1s', undefined],
  ] as const) {
    it(`reads "${text}" as ${ms}`, () => assert.equal(parseTime(text), ms));
  }
});
