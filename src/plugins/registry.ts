import type { AnyPlugin } from '../pdk/index.ts';
import { acl } from './acl/index.ts';
import { basicAuth } from './basic-auth/index.ts';
import { botDetection } from './bot-detection/index.ts';
import { correlationId } from './correlation-id/index.ts';
import { cors } from './cors/index.ts';
import { hmacAuth } from './hmac-auth/index.ts';
import { ipRestriction } from './ip-restriction/index.ts';
import { jwt } from './jwt/index.ts';
import { keyAuth } from './key-auth/index.ts';
import { ldapAuth } from './ldap-auth/index.ts';
import { mtlsAuth } from './mtls-auth/index.ts';
import { oauth2 } from './oauth2/index.ts';
import { openidConnect } from './openid-connect/index.ts';
import { proxyCache } from './proxy-cache/index.ts';
import { rateLimiting } from './rate-limiting/index.ts';
import { redirect } from './redirect/index.ts';
import { requestSizeLimiting } from './request-size-limiting/index.ts';
import { requestTermination } from './request-termination/index.ts';
import { resilience } from './resilience/index.ts';
import { responseRatelimiting } from './response-ratelimiting/index.ts';
import { session } from './session/index.ts';

/** The plugins that come with the gateway: what `plugins = bundled` stands for. */
export const bundledPlugins: readonly AnyPlugin[] = [
  acl,
  basicAuth,
  botDetection,
  correlationId,
  cors,
  hmacAuth,
  ipRestriction,
  jwt,
  keyAuth,
  ldapAuth,
  mtlsAuth,
  oauth2,
  openidConnect,
  proxyCache,
  rateLimiting,
  redirect,
  requestSizeLimiting,
  requestTermination,
  resilience,
  responseRatelimiting,
  session,
];
