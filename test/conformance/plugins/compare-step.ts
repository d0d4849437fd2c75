import assert from 'node:assert/strict';
import type { ExpectedHeaders, PluginStep } from './plugin-case.ts';

/** Texts by lower-case header name. */
export type Headers = { readonly [name: string]: string | readonly string[] | undefined };

/** What came of a step: what the client got, and what the upstream was asked if it was. */
export interface StepOutcome {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly upstream: { readonly headers: Headers; readonly query: string; readonly body: string } | undefined;
}

/** Fails unless everything that the step names came as it says. */
export function compareStep(outcome: StepOutcome, step: PluginStep): void {
  assert.deepEqual(
    { status: outcome.status, headers: pick(outcome.headers, step.headers) },
    { status: step.status, headers: step.headers ?? {} },
  );
  if (step.body !== undefined) assert.equal(outcome.body, step.body);
  if (step.bodyMatches !== undefined) assert.match(outcome.body, step.bodyMatches);
  if (step.message !== undefined) assert.equal(JSON.parse(outcome.body).message, step.message);
  if (step.upstream === null) assert.equal(outcome.upstream, undefined, 'the upstream must not be asked');
  else if (step.upstream !== undefined) compareUpstream(outcome.upstream, step.upstream);
}

function compareUpstream(asked: StepOutcome['upstream'], expected: NonNullable<PluginStep['upstream']>): void {
  assert.ok(asked, 'the upstream must be asked');
  assert.deepEqual(pick(asked.headers, expected.headers), expected.headers ?? {});
  if (expected.query !== undefined) assert.equal(asked.query, expected.query);
  if (expected.body !== undefined) assert.equal(asked.body, expected.body);
}

function pick(headers: Headers, wanted: ExpectedHeaders = {}): ExpectedHeaders {
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, headers[name] ?? null]));
}
