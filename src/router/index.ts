/**
 * Router: finds the route of a request, by fields or by expressions, incrementally and quickly at 100,000 routes; builds
 * the upstream's path, and says what a route's protocols make of a request. It knows routes and services as rows and nothing of
 * stores, plugins or sockets.
 */
export { checkExpression } from './expressions/check.ts';
export { checkProtocol, type ProtocolAnswer, type ProtocolRequest } from './protocol-check.ts';
export { createStreamExpressionsRouter } from './stream/expressions-router.ts';
export { createStreamFieldsRouter } from './stream/router.ts';
export type { StreamRequest, StreamRouter } from './stream/types.ts';
export type { FieldsFlavor, RouterFlavor } from './traditional/flavor.ts';
export { createRouter, type RouterOptions } from './traditional/router.ts';
export type { RouteMatch, RouteRequest, Router, RouteTarget } from './types.ts';
export { buildUpstreamPath, type PathHandling } from './upstream-path.ts';
