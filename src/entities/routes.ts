import { checkRegex, defineEntity, f, type Stored, type Subschema, typedefs } from '../schema/index.ts';

const beyondHttp = "cannot set '%s' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'";

const http: Subschema = {
  name: 'http',
  fields: {
    sources: typedefs.sources({ eq: null, err: "cannot set 'sources' when 'protocols' is 'http' or 'https'" }),
    destinations: typedefs.destinations({
      eq: null,
      err: "cannot set 'destinations' when 'protocols' is 'http' or 'https'",
    }),
  },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { contains: 'https' },
        then_at_least_one_of: ['methods', 'hosts', 'headers', 'paths', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'https'",
        else_match: { contains: 'http' },
        else_then_at_least_one_of: ['methods', 'hosts', 'headers', 'paths'],
        else_then_err: "must set one of %s when 'protocols' is 'http'",
      },
    },
  ],
};

const stream: Subschema = {
  name: 'tcp',
  fields: {
    methods: typedefs.methods({ eq: null, err: beyondHttp.replace('%s', 'methods') }),
    hosts: typedefs.hosts({ eq: null, err: beyondHttp.replace('%s', 'hosts') }),
    paths: typedefs.routerPaths({ eq: null, err: beyondHttp.replace('%s', 'paths') }),
    headers: typedefs.headers({ eq: null, err: beyondHttp.replace('%s', 'headers') }),
  },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { elements: { type: 'string', one_of: ['tcp', 'tls', 'udp'] } },
        then_at_least_one_of: ['sources', 'destinations', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'",
      },
    },
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { elements: { type: 'string', one_of: ['tls_passthrough'] } },
        then_at_least_one_of: ['snis'],
        then_err: "must set snis when 'protocols' is 'tls_passthrough'",
      },
    },
  ],
};

const grpc: Subschema = {
  name: 'grpc',
  fields: {
    strip_path: f.boolean({
      required: true,
      default: false,
      ne: true,
      err: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
    }),
    methods: typedefs.methods({ eq: null, err: "cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'" }),
    sources: typedefs.sources({ eq: null, err: "cannot set 'sources' when 'protocols' is 'grpc' or 'grpcs'" }),
    destinations: typedefs.sources({
      eq: null,
      err: "cannot set 'destinations' when 'protocols' is 'grpc' or 'grpcs'",
    }),
  },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { contains: 'grpcs' },
        then_at_least_one_of: ['hosts', 'headers', 'paths', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'grpcs'",
        else_match: { contains: 'grpc' },
        else_then_at_least_one_of: ['hosts', 'headers', 'paths'],
        else_then_err: "must set one of %s when 'protocols' is 'grpc'",
      },
    },
  ],
};

/** Which requests go to which service, told by what they look like. */
export const routes = defineEntity({
  name: 'routes',
  primary_key: ['id'],
  endpoint_key: 'name',
  workspaceable: true,
  subschema_key: 'protocols',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    name: typedefs.utf8Name(),
    protocols: f.set(typedefs.protocol(), {
      required: true,
      default: ['http', 'https'],
      len_min: 1,
      mutually_exclusive_subsets: [['http', 'https'], ['tcp', 'tls', 'udp'], ['tls_passthrough'], ['grpc', 'grpcs']],
    }),
    https_redirect_status_code: f.integer({ required: true, default: 426, one_of: [426, 301, 302, 307, 308] }),
    strip_path: f.boolean({ required: true, default: true }),
    preserve_host: f.boolean({ required: true, default: false }),
    request_buffering: f.boolean({ required: true, default: true }),
    response_buffering: f.boolean({ required: true, default: true }),
    tags: typedefs.tags(),
    service: f.foreign('services'),
    snis: f.set(typedefs.wildcardHost()),
    sources: typedefs.sources(),
    destinations: typedefs.destinations(),
    methods: typedefs.methods(),
    hosts: typedefs.hosts(),
    paths: typedefs.routerPaths(),
    headers: f.map(
      typedefs.headerName({
        match_none: [
          {
            pattern: /^host$/i,
            lua: '^[Hh][Oo][Ss][Tt]$',
            err: "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
          },
        ],
      }),
      f.array(f.string()),
      { typedef: 'headers' },
    ),
    regex_priority: f.integer({ default: 0 }),
    path_handling: f.string({ default: 'v0', one_of: ['v0', 'v1'] }),
  },
  entity_checks: [
    {
      conditional: {
        if_field: 'protocols',
        if_match: { elements: { type: 'string', not_one_of: ['grpcs', 'https', 'tls', 'tls_passthrough'] } },
        then_field: 'snis',
        then_match: { len_eq: 0 },
        then_err: "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
      },
    },
    // Kong warns of a deprecated value here and never refuses one; GET /schemas lists the check.
    { custom_entity_check: { field_sources: ['path_handling'], fn: () => undefined } },
    {
      custom_entity_check: {
        run_with_missing_fields: true,
        field_sources: [
          'id',
          'protocols',
          'snis',
          'sources',
          'destinations',
          'methods',
          'hosts',
          'paths',
          'headers',
          'expression',
          'regex_priority',
          'priority',
        ],
        fn: checkHeaderRegexes,
      },
    },
  ],
  subschemas: { http, https: http, tcp: stream, tls: stream, udp: stream, tls_passthrough: stream, grpc, grpcs: grpc },
});

/** A row of {@link routes}. */
export type Route = Stored<typeof routes>;

/** A header's value that starts with `~*` is a regular expression to the router (Kong 3.0), unlike a path's only here. */
export function checkHeaderRegexes({ headers }: { readonly headers?: unknown }): string | undefined {
  for (const values of Object.values((headers ?? {}) as { readonly [name: string]: readonly string[] })) {
    for (const value of values) {
      const reason = value.startsWith('~*') ? checkRegex(value.slice(2)) : undefined;
      if (reason !== undefined) {
        return `Router Expression failed validation: ${reason}`;
      }
    }
  }
  return undefined;
}
