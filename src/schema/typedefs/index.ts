/** Shared types of fields; each takes options that add to its attributes and replace them. */
export { noConsumer, noRoute, noService } from './foreign.ts';
export {
  cidrV4,
  destinations,
  host,
  hosts,
  hostWithOptionalPort,
  ip,
  ipOrCidr,
  port,
  sni,
  sources,
  wildcardHost,
} from './hosts.ts';
export {
  cookieName,
  headerName,
  headers,
  httpMethod,
  httpProtocolNames,
  methods,
  protocol,
  protocolNames,
  protocols,
  protocolsHttp,
} from './http.ts';
export { certificate, key } from './keys.ts';
export { luaCode, name, semanticVersion, tag, tags, utf8Name, uuid } from './names.ts';
export { path, routerPath, routerPaths, url } from './paths.ts';
export { propagation, queue, redis } from './records.ts';
export { autoTimestampMs, autoTimestampS, timeout, ttl } from './times.ts';
