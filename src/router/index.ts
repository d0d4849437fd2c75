/**
 * Router: which route a request belongs to. It knows rows of routes and requests as data, no sockets and no plugins.
 */
export type { RouteMatch, Router, RouteRequest, RouteTarget } from './types.ts';
