import type { Expression, Literal, Predicate } from '../expressions/syntax.ts';

/** Writes an expression down in Kong's language, with parentheses around everything that has parts. */
export function writeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'predicate':
      return writePredicate(expression);
    case 'not':
      return `!(${writeExpression(expression.item)})`;
    default:
      return expression.items.map(writePart).join(expression.kind === 'and' ? ' && ' : ' || ');
  }
}

function writePart(expression: Expression): string {
  const text = writeExpression(expression);
  return expression.kind === 'and' || expression.kind === 'or' ? `(${text})` : text;
}

function writePredicate({ field, lower, any, operator, value }: Predicate): string {
  const lowered = lower ? `lower(${field})` : field;
  return `${any ? `any(${lowered})` : lowered} ${operator} ${writeLiteral(value)}`;
}

function writeLiteral(value: Literal): string {
  switch (value.type) {
    case 'Int':
      return `${value.number}`;
    case 'String':
      return writeText(value.text);
    case 'Regex':
      return writeText(value.pattern);
    default:
      return value.text;
  }
}

/** As a raw text where that is possible. */
function writeText(text: string): string {
  if (!text.includes('"#')) return `r#"${text}"#`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
