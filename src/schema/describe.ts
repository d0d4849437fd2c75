import type { FieldErrors, FieldProblem } from './fields.ts';
import { luaLiteral } from './lua-literal.ts';

/**
 * The message of Kong's error 2: texts about the entity first, then fields in the order of their names. One level of
 * nesting is written with a dot, anything below as a Lua table.
 */
export function describeViolations(errors: FieldErrors): string {
  const parts: string[] = [];
  const general = errors['@entity'];
  if (general !== undefined) parts.push(...[general].flat().map(textOf));
  for (const name of Object.keys(errors).sort()) {
    if (name === '@entity') continue;
    const problem = errors[name]!;
    if (typeof problem === 'string') parts.push(`${name}: ${problem}`);
    else for (const [below, part] of entriesOf(problem)) parts.push(`${name}.${below}: ${textOf(part)}`);
  }
  if (parts.length === 1) return `schema violation (${parts[0]})`;
  return `${parts.length} schema violations (${parts.join('; ')})`;
}

/** Entries in Kong's order: names sorted, elements by their number from 1. */
function entriesOf(problem: Exclude<FieldProblem, string>): (readonly [string, FieldProblem])[] {
  if (Array.isArray(problem)) {
    return problem.flatMap((part, at) => (part === null ? [] : [[String(at + 1), part] as const]));
  }
  return Object.keys(problem)
    .sort()
    .map((name) => [name, problem[name]!] as const);
}

function textOf(problem: FieldProblem | null): string {
  return typeof problem === 'string' ? problem : luaLiteral(problem, '  ');
}
