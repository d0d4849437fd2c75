import { adminGuiProperties } from './admin-gui.ts';
import { databaseProperties } from './database.ts';
import { dnsProperties } from './dns.ts';
import { generalProperties } from './general.ts';
import { hybridProperties } from './hybrid.ts';
import { listenerProperties } from './listeners.ts';
import { nginxProperties } from './nginx.ts';
import { runtimeProperties } from './runtime.ts';
import { tlsProperties } from './tls.ts';

/** The properties by chapter, in the order of the reference page. */
export const chapters = [
  { title: 'General', properties: generalProperties },
  { title: 'Listeners and headers', properties: listenerProperties },
  { title: 'TLS', properties: tlsProperties },
  { title: 'Directives of nginx', properties: nginxProperties },
  { title: 'Store', properties: databaseProperties },
  { title: 'Name resolution', properties: dnsProperties },
  { title: 'Browser admin', properties: adminGuiProperties },
  { title: 'Hybrid mode', properties: hybridProperties },
  { title: 'Plugins, tracing, Lua', properties: runtimeProperties },
] as const;

/** Every property by its key. */
export const properties = {
  ...generalProperties,
  ...listenerProperties,
  ...tlsProperties,
  ...nginxProperties,
  ...databaseProperties,
  ...dnsProperties,
  ...adminGuiProperties,
  ...hybridProperties,
  ...runtimeProperties,
};

/** A key of the configuration file. */
export type PropertyName = keyof typeof properties;
