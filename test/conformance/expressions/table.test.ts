import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkExpression } from '../../../src/router/index.ts';
import { refused, taken } from './texts.ts';

describe('the language of expressions, as Kong 3.9.3 has it', () => {
  for (const [expression, message] of refused) {
    it(`refuses ${JSON.stringify(expression)}`, () => {
      assert.equal(checkExpression(expression, ['http', 'https']), message);
    });
  }

  for (const expression of taken) {
    it(`takes ${JSON.stringify(expression)}`, () => {
      assert.equal(checkExpression(expression, ['http', 'https']), undefined);
    });
  }
});
