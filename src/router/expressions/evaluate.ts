import { byteText } from '../byte-text.ts';
import { type AddressBits, type Facts, lowerBytes, readAddress, type Values } from './facts.ts';
import { nameAfter, readSegments } from './fields.ts';
import type { Expression, Predicate } from './syntax.ts';

/** An expression as a function: whether it holds; what it noted is in the facts. */
export type Evaluate = (facts: Facts) => boolean;

/** Compiles an expression that was checked. As in Kong, what a part notes stays noted even if the part fails later. */
export function compileExpression(expression: Expression): Evaluate {
  if (expression.kind === 'predicate') return compilePredicate(expression);
  if (expression.kind === 'not') {
    const item = compileExpression(expression.item);
    return (facts) => !item(facts);
  }
  const items = expression.items.map(compileExpression);
  const [first, second] = items;
  if (expression.kind === 'and') {
    if (items.length === 2) return (facts) => first!(facts) && second!(facts);
    return (facts) => {
      for (let i = 0; i < items.length; i++) if (!items[i]!(facts)) return false;
      return true;
    };
  }
  if (items.length === 2) return (facts) => first!(facts) || second!(facts);
  return (facts) => {
    for (let i = 0; i < items.length; i++) if (items[i]!(facts)) return true;
    return false;
  };
}

function compilePredicate(predicate: Predicate): Evaluate {
  const { value, operator } = predicate;
  if (value.type === 'Int') return compileNumber(predicate.field, operator, value.number);
  if (value.type === 'IpAddr' || value.type === 'IpCidr') return compileAddress(predicate, value.text);
  return compileText(predicate);
}

function compileNumber(field: string, operator: Predicate['operator'], right: number): Evaluate {
  const get = numberFields[field]!;
  return (facts) => {
    const left = get(facts);
    // A field that is not there makes every predicate fail, != too.
    if (left === undefined) return false;
    switch (operator) {
      case '==':
        return left === right;
      case '!=':
        return left !== right;
      case '>':
        return left > right;
      case '>=':
        return left >= right;
      case '<':
        return left < right;
      default:
        return left <= right;
    }
  };
}

const numberFields: { readonly [field: string]: (facts: Facts) => number | undefined } = {
  'net.src.port': (facts) => facts.request.clientPort,
  'net.dst.port': (facts) => facts.port,
  'http.path.segments.len': (facts) => facts.segments.length,
};

function compileAddress({ field, operator }: Predicate, text: string): Evaluate {
  const slash = text.indexOf('/');
  const right = readAddress(slash === -1 ? text : text.slice(0, slash))!;
  const width = right.isV6 ? 128 : 32;
  const shift = BigInt(slash === -1 ? 0 : width - Number(text.slice(slash + 1)));
  const bits = right.bits >> shift;
  const isIn = ({ isV6, bits: left }: AddressBits): boolean => isV6 === right.isV6 && left >> shift === bits;
  const expected = operator === '==' || operator === 'in';
  return (facts) => {
    const left = field === 'net.src.ip' ? facts.source : facts.destination;
    return left !== undefined && isIn(left) === expected;
  };
}

const plainFields: { readonly [field: string]: (facts: Facts) => string | undefined } = {
  'net.protocol': (facts) => facts.request.scheme,
  'tls.sni': (facts) => facts.request.sni,
  'http.method': (facts) => facts.request.method,
  'http.host': (facts) => facts.host,
  'http.path': (facts) => facts.request.path,
};

function textField(field: string): (facts: Facts) => Values {
  const header = nameAfter('http.headers.', field);
  if (header !== undefined) {
    const name = header.toLowerCase().replaceAll('_', '-');
    return (facts) => facts.request.header(name);
  }
  const query = nameAfter('http.queries.', field);
  if (query !== undefined) return (facts) => facts.query(query);
  const segments = nameAfter('http.path.segments.', field);
  if (segments === undefined) return plainFields[field]!;
  const { first, last } = readSegments(segments)!;
  return (facts) => {
    if (last >= facts.segments.length) return undefined;
    return first === last ? facts.segments[first] : facts.segments.slice(first, last + 1).join('/');
  };
}

function compileText(predicate: Predicate): Evaluate {
  const get = textField(predicate.field);
  const holds = compileTest(predicate);
  const { any, lower } = predicate;
  const test = lower ? (text: string, facts: Facts) => holds(lowerBytes(text), facts) : holds;
  return (facts) => {
    const values = get(facts);
    if (values === undefined) return false;
    if (typeof values === 'string') return test(values, facts);
    for (let i = 0; i < values.length; i++) if (test(values[i]!, facts) === any) return any;
    return !any && values.length > 0;
  };
}

type Test = (text: string, facts: Facts) => boolean;

function compileTest({ field, operator, value }: Predicate): Test {
  if (value.type === 'Regex') return compileRegexTest(field, value.regex);
  const right = byteText((value as { readonly text: string }).text);
  switch (operator) {
    case '==':
      return noting(field, right, (text) => text === right);
    case '^=':
      return noting(field, right, (text) => text.startsWith(right));
    case '=^':
      return noting(field, right, (text) => text.endsWith(right));
    case '!=':
      return (text) => text !== right;
    default:
      return (text) => text.includes(right);
  }
}

/** For strip_path the literal counts as what matched, wherever it stood in the path. */
function noting(field: string, right: string, test: (text: string) => boolean): Test {
  if (field !== 'http.path') return test;
  return (text, facts) => {
    if (!test(text)) return false;
    facts.matchedPath = right;
    facts.matchedByRegex = false;
    return true;
  };
}

function compileRegexTest(field: string, regex: Extract<Predicate['value'], { type: 'Regex' }>['regex']): Test {
  const isPath = field === 'http.path';
  return (text, facts) => {
    const found = regex.exec(text);
    if (found === null) return false;
    facts.note(found.captures, found.named);
    if (isPath) {
      facts.matchedPath = found.text;
      facts.matchedByRegex = true;
    }
    return true;
  };
}
