/** Response headers by the token of `headers` that asks for them, in lower case. */
const responseTokens: Readonly<Record<string, readonly string[]>> = {
  server_tokens: ['server', 'via'],
  latency_tokens: [
    'x-kong-proxy-latency',
    'x-kong-response-latency',
    'x-kong-admin-latency',
    'x-kong-upstream-latency',
  ],
  server: ['server'],
  via: ['via'],
  'x-kong-proxy-latency': ['x-kong-proxy-latency'],
  'x-kong-response-latency': ['x-kong-response-latency'],
  'x-kong-admin-latency': ['x-kong-admin-latency'],
  'x-kong-upstream-latency': ['x-kong-upstream-latency'],
  'x-kong-upstream-status': ['x-kong-upstream-status'],
  'x-kong-request-id': ['x-kong-request-id'],
};

const requestTokens: Readonly<Record<string, readonly string[]>> = {
  'x-kong-request-id': ['x-kong-request-id'],
};

/** Header names, in lower case, that the tokens of `headers` or `headers_upstream` ask for. */
export function enabledHeaders(tokens: readonly string[], side: 'response' | 'request'): ReadonlySet<string> {
  const known = side === 'response' ? responseTokens : requestTokens;
  if (tokens[0] === 'off') return new Set();
  return new Set(tokens.flatMap((token) => (isHeaderToken(token, side) ? (known[token.toLowerCase()] ?? []) : [])));
}

/** True for a token that `headers` or `headers_upstream` may hold. */
export function isHeaderToken(token: string, side: 'response' | 'request'): boolean {
  return token === 'off' || Object.hasOwn(side === 'response' ? responseTokens : requestTokens, token.toLowerCase());
}
