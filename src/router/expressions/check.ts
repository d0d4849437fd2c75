import { nameAfter, readSegments, type Subject, typeOfField } from './fields.ts';
import { parseExpression } from './parse.ts';
import { type Expression, ExpressionFault, type Operator, type Predicate, predicatesOf } from './syntax.ts';

const streamProtocols: ReadonlySet<unknown> = new Set(['tcp', 'tls', 'udp', 'tls_passthrough']);

/** What a route with these protocols is asked about: the first one decides, for they are never mixed. */
export function subjectOf(protocols: unknown): Subject {
  return Array.isArray(protocols) && streamProtocols.has(protocols[0]) ? 'stream' : 'http';
}

/**
 * Parses an expression and checks its fields and types.
 * @throws ExpressionFault with Kong's message.
 */
export function readExpression(text: string, subject: Subject): Expression {
  // The field's name before Kong 3.6, which 3.9 still takes.
  const amended = text.replaceAll(/net\.port(?=\s*[=><!])/g, 'net.dst.port');
  const expression = parseExpression(amended);
  const predicates = [...predicatesOf(expression)];
  for (const predicate of predicates) {
    const problem = problemOf(predicate, subject);
    if (problem !== undefined) throw new ExpressionFault(problem);
  }
  for (const { field } of predicates) {
    const name = nameAfter('http.path.segments.', field);
    if (name !== undefined && name !== 'len' && readSegments(name) === undefined) {
      throw new ExpressionFault('illformed http.path.segments.* field');
    }
  }
  return expression;
}

/** What is wrong with an expression of a route with these protocols; undefined when nothing is. */
export function checkExpression(text: string, protocols: unknown): string | undefined {
  try {
    readExpression(text, subjectOf(protocols));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return cut(thrown.message);
    throw thrown;
  }
}

/** A message shows the line that it is about: Kong cuts it at this length, in bytes. */
const longestMessage = 4096;

function cut(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= longestMessage) return message;
  return bytes
    .subarray(0, longestMessage)
    .toString()
    .replace(/\ufffd$/, '');
}

const ordering: ReadonlySet<Operator> = new Set<Operator>(['>', '>=', '<', '<=']);

function problemOf({ field, lower, operator, value }: Predicate, subject: Subject): string | undefined {
  const type = typeOfField(field, subject);
  if (type === undefined) return 'Unknown LHS field';
  const isFree = operator === '~' || operator === 'in' || operator === 'not in';
  if (!isFree && type !== value.type) return 'Type mismatch between the LHS and RHS values of predicate';
  if (lower && type !== 'String') return 'lower-case transformation function only supported with String type fields';
  if (operator === '~') return type === 'String' ? undefined : 'Regex operators only supports string operands';
  if (operator === '^=' || operator === '=^') {
    return type === 'String' ? undefined : 'Regex/Prefix/Postfix operators only supports string operands';
  }
  if (ordering.has(operator)) {
    return type === 'Int'
      ? undefined
      : 'Greater/GreaterOrEqual/Lesser/LesserOrEqual operators only supports integer operands';
  }
  if (operator === 'in' || operator === 'not in') {
    const isNetwork = type === 'IpAddr' && value.type === 'IpCidr';
    return isNetwork ? undefined : 'In/NotIn operators only supports IP in CIDR';
  }
  if (operator === 'contains') return type === 'String' ? undefined : 'Contains operator only supports string operands';
  return undefined;
}
