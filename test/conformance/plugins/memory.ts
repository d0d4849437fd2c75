import assert from 'node:assert/strict';
import type { StepOutcome } from './compare-step.ts';
import type { PluginStep } from './plugin-case.ts';

/** Keeps texts of answers and puts them into the steps that follow. */
export interface Memory {
  /** The step with the texts that were kept in place of their names. */
  recall(step: PluginStep): PluginStep;
  keep(outcome: StepOutcome, step: PluginStep): void;
}

/** Creates the memory of one case. */
export function createMemory(): Memory {
  const texts = new Map<string, string>();
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replace(/<([a-z]+)>/g, (whole, name: string) => texts.get(name) ?? whole);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part)]));
  };
  return {
    recall: (step) => (texts.size === 0 ? step : (fill(step) as PluginStep)),
    keep(outcome, { keep = {} }) {
      for (const [name, pattern] of Object.entries(keep)) {
        const found = pattern.exec(outcome.body)?.[1];
        assert.ok(found, `nothing to keep as ${name} in ${outcome.body}`);
        texts.set(name, decodeURIComponent(found));
      }
    },
  };
}
