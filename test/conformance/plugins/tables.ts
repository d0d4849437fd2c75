import { aclCases } from './acl.cases.ts';
import { basicAuthCases } from './basic-auth.cases.ts';
import { botDetectionCases } from './bot-detection.cases.ts';
import { correlationIdCases } from './correlation-id.cases.ts';
import { corsCases } from './cors.cases.ts';
import { hmacAuthCases } from './hmac-auth.cases.ts';
import { ipRestrictionCases } from './ip-restriction.cases.ts';
import { jwtCases } from './jwt.cases.ts';
import { keyAuthCases } from './key-auth.cases.ts';
import { ldapAuthCases } from './ldap-auth.cases.ts';
import { mtlsAuthCases } from './mtls-auth.cases.ts';
import { oauth2Cases } from './oauth2.cases.ts';
import type { PluginCase } from './plugin-case.ts';
import { proxyCacheCases } from './proxy-cache.cases.ts';
import { rateLimitingCases } from './rate-limiting.cases.ts';
import { redirectCases } from './redirect.cases.ts';
import { requestSizeLimitingCases } from './request-size-limiting.cases.ts';
import { requestTerminationCases } from './request-termination.cases.ts';
import { responseRatelimitingCases } from './response-ratelimiting.cases.ts';
import { sessionCases } from './session.cases.ts';

/** All rows by the plugin that they are about. */
export const pluginTables: { readonly [plugin: string]: readonly PluginCase[] } = {
  acl: aclCases,
  'basic-auth': basicAuthCases,
  'bot-detection': botDetectionCases,
  cors: corsCases,
  'correlation-id': correlationIdCases,
  'hmac-auth': hmacAuthCases,
  'ip-restriction': ipRestrictionCases,
  jwt: jwtCases,
  'key-auth': keyAuthCases,
  'ldap-auth': ldapAuthCases,
  'mtls-auth': mtlsAuthCases,
  oauth2: oauth2Cases,
  'proxy-cache': proxyCacheCases,
  'rate-limiting': rateLimitingCases,
  redirect: redirectCases,
  'request-size-limiting': requestSizeLimitingCases,
  'request-termination': requestTerminationCases,
  'response-ratelimiting': responseRatelimitingCases,
  session: sessionCases,
};
