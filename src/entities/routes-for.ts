import { type EntityDefinition, f, type Subschema, typedefs } from '../schema/index.ts';
import { checkHeaderRegexes, routes } from './routes.ts';

/** The router's flavours, of which each has its own rules for routes (Kong 3.0). */
export type RouterFlavor = 'traditional' | 'traditional_compatible' | 'expressions';

/** Says what is wrong with an expression of a route with these protocols; undefined when nothing is. */
export type CheckExpression = (expression: string, protocols: unknown) => string | undefined;

/** The routes of a flavour: of fields, or in the flavour `expressions` of fields or an expression. */
export function routesFor(flavor: RouterFlavor, checkExpression: CheckExpression): EntityDefinition {
  if (flavor === 'traditional_compatible') return routes;
  // Kong's traditional router knows no wildcards in server names.
  if (flavor === 'traditional') return { ...routes, fields: { ...routes.fields, snis: f.set(typedefs.sni()) } };
  const { http, tcp: stream, grpc } = routes.subschemas as { readonly [name: string]: Subschema };
  const forHttp = withExpression(http!);
  const forStream = withExpression(stream!);
  const forGrpc = withExpression(grpc!);
  return {
    ...routes,
    fields: {
      ...routes.fields,
      expression: f.string(),
      priority: f.integer({ required: true, default: 0, between: [0, 2 ** 46 - 1] }),
    },
    entity_checks: routes.entity_checks!.map((check) =>
      'custom_entity_check' in check && check.custom_entity_check.run_with_missing_fields === true
        ? {
            custom_entity_check: {
              ...check.custom_entity_check,
              fn: (row: RouteFields) => problemOf(row, checkExpression),
            },
          }
        : check,
    ),
    subschemas: {
      http: forHttp,
      https: forHttp,
      tcp: forStream,
      tls: forStream,
      udp: forStream,
      tls_passthrough: forStream,
      grpc: forGrpc,
      grpcs: forGrpc,
    },
  };
}

/** An expression is enough, and sources and destinations are for requests too (Kong 3.7). */
function withExpression({ name, fields, entity_checks = [] }: Subschema): Subschema {
  const { sources: _sources, destinations: _destinations, ...others } = fields;
  return {
    name,
    fields: others,
    entity_checks: entity_checks.map((check) => {
      if (!('conditional_at_least_one_of' in check)) return check;
      const { then_at_least_one_of, else_then_at_least_one_of, ...rest } = check.conditional_at_least_one_of;
      return {
        conditional_at_least_one_of: {
          ...rest,
          then_at_least_one_of: [...then_at_least_one_of, 'expression'],
          ...(else_then_at_least_one_of === undefined
            ? {}
            : { else_then_at_least_one_of: [...else_then_at_least_one_of, 'expression'] }),
        },
      };
    }),
  };
}

interface RouteFields {
  readonly protocols?: unknown;
  readonly expression?: string | null;
  readonly regex_priority?: number | null;
  readonly priority?: number | null;
  readonly headers?: unknown;
  readonly [field: string]: unknown;
}

const matchFields = ['methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations'] as const;
const allMatchFields = "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations'";

function problemOf(route: RouteFields, checkExpression: CheckExpression): string | undefined {
  const problem = reasonOf(route, checkExpression);
  return problem === undefined ? checkHeaderRegexes(route) : `Router Expression failed validation: ${problem}`;
}

function reasonOf(route: RouteFields, checkExpression: CheckExpression): string | undefined {
  const { expression, regex_priority, priority } = route;
  const hasFields = matchFields.some((field) => isGiven(route[field]));
  if (typeof expression !== 'string') {
    const isOutOfPlace = hasFields && isSet(priority);
    return isOutOfPlace ? `cannot set 'priority' with ${allMatchFields} simultaneously` : undefined;
  }
  if (hasFields) return `cannot set 'expression' with ${allMatchFields} simultaneously`;
  if (isSet(regex_priority)) return "cannot set 'regex_priority' with 'expression' simultaneously";
  return checkExpression(expression, route.protocols);
}

/** The default, 0, counts as not set. */
function isSet(value: number | null | undefined): boolean {
  return value !== undefined && value !== null && value !== 0;
}

function isGiven(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
