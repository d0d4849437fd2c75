import type { StepOutcome } from './compare-step.ts';
import type { PluginCase, PluginStep } from './plugin-case.ts';

/** Keeps the cookies of answers and brings them along with later requests, in cases that want it. */
export interface CookieJar {
  bring(step: PluginStep): PluginStep;
  keep(outcome: StepOutcome): StepOutcome;
}

/** Creates the jar of one case. */
export function createCookieJar({ keepsCookies }: PluginCase): CookieJar {
  const cookies = new Map<string, string>();
  return {
    bring(step) {
      if (cookies.size === 0) return step;
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return { ...step, request: { ...step.request, headers: { ...step.request?.headers, cookie } } };
    },
    keep(outcome) {
      if (keepsCookies !== true) return outcome;
      for (const line of [outcome.headers['set-cookie'] ?? []].flat()) {
        const equals = line.indexOf('=');
        const name = line.slice(0, equals);
        if (line.includes('Max-Age=0')) cookies.delete(name);
        else cookies.set(name, line.slice(equals + 1).split(';', 1)[0]!);
      }
      return outcome;
    },
  };
}
