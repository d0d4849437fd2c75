import { correlationIdCases } from './correlation-id.cases.ts';
import { corsCases } from './cors.cases.ts';
import { keyAuthCases } from './key-auth.cases.ts';
import type { PluginCase } from './plugin-case.ts';
import { proxyCacheCases } from './proxy-cache.cases.ts';
import { rateLimitingCases } from './rate-limiting.cases.ts';
import { requestSizeLimitingCases } from './request-size-limiting.cases.ts';
import { requestTerminationCases } from './request-termination.cases.ts';

/** All rows by the plugin that they are about. */
export const pluginTables: { readonly [plugin: string]: readonly PluginCase[] } = {
  cors: corsCases,
  'correlation-id': correlationIdCases,
  'key-auth': keyAuthCases,
  'proxy-cache': proxyCacheCases,
  'rate-limiting': rateLimitingCases,
  'request-size-limiting': requestSizeLimitingCases,
  'request-termination': requestTerminationCases,
};
