import type { Refusal } from '../../kits/credentials/index.ts';
import type { Config } from './schema/index.ts';

/** The refusals of a configuration. None of them tells what was wrong with a token. */
export interface Refusals {
  /** Nothing was shown. */
  readonly missing: Refusal;
  /** What was shown is no good. */
  readonly invalid: Refusal;
  /** What was shown does not suffice. */
  readonly forbidden: Refusal;
  /** The provider is needed, and away. */
  readonly away: Refusal;
}

/** Creates {@link Refusals}, with the challenges of RFC 6750 section 3. */
export function createRefusals(config: Config): Refusals {
  const refusal = (status: number, message: string, challenge: string): Refusal =>
    Object.freeze({ status, message, headers: Object.freeze({ 'WWW-Authenticate': challenge }) });
  const scopes = config.scopes_required?.[0];
  const isQuotable = scopes !== undefined && /^[\x21\x23-\x5b\x5d-\x7e ]+$/.test(scopes);
  return {
    missing: refusal(401, config.unauthorized_error_message, 'Bearer'),
    invalid: refusal(401, config.unauthorized_error_message, 'Bearer error="invalid_token"'),
    forbidden: refusal(
      403,
      config.forbidden_error_message,
      `Bearer error="insufficient_scope"${isQuotable ? `, scope="${scopes}"` : ''}`,
    ),
    away: Object.freeze({ status: 503, message: 'Service unavailable' }),
  };
}
