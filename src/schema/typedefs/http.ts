import { f } from '../fields.ts';
import { typedef } from './typedef.ts';

/** The protocols of Kong 3.9, in the order in which its messages list them. */
export const protocolNames = ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'] as const;

/** Those of {@link protocolNames} that carry HTTP. */
export const httpProtocolNames = ['grpc', 'grpcs', 'http', 'https'] as const;

/** One of {@link protocolNames}. */
export const protocol = typedef(f.string({ one_of: protocolNames, typedef: 'protocol' }));

/** Protocols of requests that a plugin runs on, the HTTP ones unless told. */
export const protocols = typedef(
  f.set(protocol(), { required: true, default: httpProtocolNames, typedef: 'protocols' }),
);

/** Like {@link protocols}, for plugins that run on HTTP only. */
export const protocolsHttp = typedef(
  f.set(f.string({ one_of: httpProtocolNames }), {
    required: true,
    default: httpProtocolNames,
    typedef: 'protocols_http',
  }),
);

/** An HTTP method: upper-case letters. */
export const httpMethod = typedef(f.string({ match: { pattern: /^[A-Z]+$/, lua: '^%u+$' }, typedef: 'http_method' }));

/** A set of {@link httpMethod}s. */
export const methods = typedef(f.set(httpMethod(), { typedef: 'methods' }));

/** The name of a header: letters, digits, `-` and `_`. */
export const headerName = typedef(f.string({ custom_validator: checkHeaderName, typedef: 'header_name' }));

/** The name of a cookie: a token of RFC 2616 section 2.2. */
export const cookieName = typedef(f.string({ custom_validator: checkToken, typedef: 'cookie_name' }));

/** Headers with lists of values. */
export const headers = typedef(f.map(headerName(), f.array(f.string()), { typedef: 'headers' }));

function checkHeaderName(value: string): string | undefined {
  if (value === '') return 'no header name provided';
  if (/^[\w-]+$/.test(value)) return undefined;
  return `bad header name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
}

function checkToken(value: string): string | undefined {
  if (value === '') return 'no token provided';
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(value)) return undefined;
  return (
    'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ' +
    '()<>@,;:\\"/?={}[] are not allowed.'
  );
}
