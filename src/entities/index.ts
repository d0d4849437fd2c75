/**
 * Entities: what the gateway is configured with, one file of pure data for each kind of row. It knows the schema
 * language and nothing of stores, HTTP or plugins.
 */
export { type Consumer, consumers } from './consumers.ts';
export { type Service, services } from './services.ts';
