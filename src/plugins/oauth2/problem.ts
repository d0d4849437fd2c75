/** What a client is told when it gets no code or token (RFC 6749 section 5.2). */
export interface Problem {
  readonly error: string;
  readonly error_description: string;
}

function problem(error: string, description: string): Problem {
  return Object.freeze({ error, error_description: description });
}

/** The problems, with Kong's texts (Kong 3.9). */
export const problems = {
  needsHttps: problem('access_denied', 'You must use HTTPS'),
  severalProtos: problem('access_denied', 'Only one X-Forwarded-Proto header allowed'),
  provisionKey: problem('invalid_provision_key', 'Invalid provision_key'),
  userId: problem('invalid_authenticated_userid', 'Missing authenticated_userid parameter'),
  responseType: problem('unsupported_response_type', 'Invalid response_type'),
  grantType: problem('unsupported_grant_type', 'Invalid grant_type'),
  client: problem('invalid_client', 'Invalid client authentication'),
  redirectUri: problem(
    'invalid_request',
    'Invalid redirect_uri that does not match with any redirect_uri created with the application',
  ),
  code: problem('invalid_request', 'Invalid code'),
  verifier: problem('invalid_grant', 'Invalid code'),
  refreshToken: problem('invalid_request', 'Invalid refresh_token'),
  scopeMissing: problem('invalid_scope', 'You must specify a scope'),
  scopeText: problem('invalid_scope', 'scope must be a string'),
  scopeMismatch: problem('invalid_scope', 'Scope mismatch'),
  publicSecret: problem('invalid_request', 'client_secret is disallowed for public clients'),
  challengeMissing: problem('invalid_request', 'code_challenge is required when code_method is present'),
  challengeMethod: problem('invalid_request', 'code_challenge_method is not supported, must be S256'),
  verifierMissing: problem('invalid_request', 'code_verifier is required for PKCE authorization requests'),
  verifierText: problem('invalid_request', 'code_verifier is not a string'),
  verifierLength: problem('invalid_request', 'code_verifier must be between 43 and 128 characters'),
  tokenMissing: problem('invalid_request', 'The access token is missing'),
  token: problem('invalid_token', 'The access token is invalid or has expired'),
  globalToken: problem(
    'invalid_token',
    "The access token is global, but the current plugin is configured without 'global_credentials'",
  ),
} as const;

/** The problem of a scope that is not among the configured ones. */
export function unknownScope(scope: string): Problem {
  return problem('invalid_scope', `"${scope}" is an invalid scope`);
}

/** The problem of a client that has to prove that a code will be its own, and begins without a challenge. */
export function challengeRequired(clientType: string): Problem {
  return problem('invalid_request', `code_challenge is required for ${clientType} clients`);
}

/** The problem of a request to `endpoint` that is no POST. */
export function invalidMethod(method: string, endpoint: string): Problem {
  return problem('invalid_method', `The HTTP method ${method} is invalid for the ${endpoint} endpoint`);
}
