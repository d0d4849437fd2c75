import { GibbonError, messageOf } from '../../kernel/index.ts';
import { compileSnis } from '../traditional/conditions.ts';
import { type CompileEntries, compileEntries, plainMatch, type RouteEntry } from '../traditional/entry.ts';
import type { RouteTarget } from '../types.ts';
import { readExpression, subjectOf } from './check.ts';
import { createCondition } from './condition.ts';
import type { Subject } from './fields.ts';
import { isDecidedByNeeds, needsOf } from './needs.ts';
import type { Expression } from './syntax.ts';
import { join, netsExpression, protocolsExpression, snisExpression } from './translate.ts';

/** Before the ranks of all routes that are given by fields (Kong 3.7). */
const expressionRank = -1;

/** The entries of a route for requests, in the flavour that takes expressions beside fields; none for one of streams. */
export const httpEntries: CompileEntries = (target, flavor, compile) => {
  const { route } = target;
  if (subjectOf(route['protocols']) !== 'http') return [];
  const protocols = protocolsExpression(route['protocols'], 'http');
  const text = expressionOf(target);
  if (text !== undefined) return expressionEntries(target, read(target, text, 'http'), protocols);
  const entries = compileEntries(target, flavor, compile);
  const further = join('and', [protocols, netsExpression(route)].filter(isGiven));
  if (further === undefined) return entries;
  const condition = createCondition<typeof target>(further, false);
  return entries.map((entry) => ({ ...entry, isUnconditional: false, condition }));
};

/** The entries of a route for connections of raw streams, by an expression or by fields; none for one of requests. */
export const streamEntries: CompileEntries = (target) => {
  const { route } = target;
  if (subjectOf(route['protocols']) !== 'stream') return [];
  const protocols = protocolsExpression(route['protocols'], 'stream');
  const text = expressionOf(target);
  if (text !== undefined) return expressionEntries(target, read(target, text, 'stream'), protocols);
  const nets = netsExpression(route);
  const snis = snisExpression(route['snis'], 'stream');
  const asked = join('and', [snis, nets].filter(isGiven));
  if (asked === undefined) return [];
  const weighs = snis !== undefined || (hasAny(route['sources']) && hasAny(route['destinations']));
  const order = {
    rank: weighs ? 0 : 1,
    priority: (netsWeight(route['sources']) << 4) | netsWeight(route['destinations']),
  };
  return expressionEntries(target, asked, protocols, order);
};

function isGiven<V>(value: V | undefined): value is V {
  return value !== undefined;
}

function hasAny(value: unknown): value is readonly { readonly ip?: unknown; readonly port?: unknown }[] {
  return Array.isArray(value) && value.length > 0;
}

/** How much a list of sources or destinations tells (Kong 3.4): addresses, then ports, then networks. */
function netsWeight(nets: unknown): number {
  let weight = 0;
  if (!hasAny(nets)) return weight;
  for (const { ip, port } of nets) {
    if (typeof ip === 'string') weight |= ip.includes('/') ? 1 : 8;
    if (typeof port === 'number') weight |= 4;
  }
  return weight;
}

function expressionOf({ route }: RouteTarget): string | undefined {
  const text = route['expression'];
  return typeof text === 'string' ? text : undefined;
}

function read({ route }: RouteTarget, text: string, subject: Subject): Expression {
  try {
    return readExpression(text, subject);
  } catch (thrown) {
    throw new GibbonError(`Cannot compile the expression of route "${String(route['id'])}": ${messageOf(thrown)}`, {
      code: 'ERR_EXPRESSION',
      status: 400,
      source: 'downstream',
      cause: thrown,
    });
  }
}

/** One entry for each beginning of the path that the expression allows; any of them leads to the same outcome. */
function expressionEntries<T extends RouteTarget>(
  target: T,
  own: Expression,
  protocols: Expression | undefined,
  order?: { readonly rank: number; readonly priority: number },
): readonly RouteEntry<T>[] {
  const { route } = target;
  const whole = join('and', [own, protocols].filter(isGiven))!;
  const needs = needsOf(own);
  const { hosts, prefixes, methods, snis, header } = needs;
  const isDecided = protocols === undefined && isDecidedByNeeds(own, needs);
  const common = {
    kind: 'entry',
    rank: order?.rank ?? expressionRank,
    isUnconditional: isDecided && methods === undefined,
    match: plainMatch(target, isDecided ? prefixes?.[0] : undefined),
    methods,
    snis: compileSnis(snis ?? []),
    headers: header && [{ name: header.name, values: new Set(header.values), patterns: [] }],
    regex: undefined,
    condition: isDecided ? undefined : createCondition<T>(whole, true),
    isOrderedByPath: false,
    regexPriority: order?.priority ?? numberOr0(route['priority']),
    pathLength: 0,
    createdAt: numberOr0(route['created_at']),
    id: String(route['id']),
    hosts: hosts ?? [],
    target,
  } as const;
  return (prefixes ?? [undefined]).map((prefix, pathIndex) => ({
    ...common,
    key: prefix ?? '',
    pathIndex,
    hasPath: prefix !== undefined,
  }));
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
