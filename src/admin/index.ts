/**
 * Admin: the HTTP API over the store. Endpoints follow from entity definitions; `routes/` holds the exceptions. It is
 * handed everything that it shows of the node, and knows no proxy and no plugin.
 */
export { type AuditEntry, type AuditLog, createAuditLog } from './audit.ts';
export {
  type AdminRequest,
  type Answer,
  answerOk,
  type Endpoint,
  type EndpointMethod,
  type Handler,
} from './endpoint.ts';
export { describeAdminApi } from './openapi/describe.ts';
export { healthEndpoints, type UpstreamHealth } from './routes/health.ts';
export { createAdminServer, createStatusServer } from './server.ts';
export type {
  AdminListener,
  AdminOptions,
  AdminServer,
  BoundAddress,
  CacheView,
  DeclarationLoad,
  DeclarativeView,
  DnsView,
  LogLevelView,
  NodeView,
  PluginView,
  ServerCounters,
  SettingsView,
  StatusOptions,
  StatusReport,
  TlsCredentials,
} from './types.ts';
