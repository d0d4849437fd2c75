import type { Parameters } from './parameters.ts';
import { type Problem, problems, unknownScope } from './problem.ts';
import type { Config } from './rows.ts';

/** What a client asks for: its scopes as one text, null for none, or what is wrong with them. */
export type AskedScope = { readonly text: string | null } | { readonly problem: Problem };

/** Reads the scopes that a request asks for, all of which must be configured. */
export function readScope(parameters: Parameters, { scopes, mandatory_scope: isMandatory }: Config): AskedScope {
  const given = parameters.get('scope');
  if (given === undefined || scopes === null) {
    return given === undefined && isMandatory ? { problem: problems.scopeMissing } : { text: null };
  }
  if (typeof given !== 'string') return { problem: problems.scopeText };
  const asked = wordsOf(given);
  for (const scope of asked) {
    if (!scopes.includes(scope)) return { problem: unknownScope(scope) };
  }
  if (asked.length > 0) return { text: asked.join(' ') };
  return isMandatory ? { problem: problems.scopeMissing } : { text: null };
}

/** True when all scopes of a token are configured still. */
export function isStillKnown(scope: string | null, { scopes }: Config): boolean {
  return scope === null || wordsOf(scope).every((word) => scopes?.includes(word) === true);
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[ \t\r\n\v\f]+/).filter((word) => word !== '');
}
