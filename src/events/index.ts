/**
 * Events: how one room tells others that something happened, inside a thread and between threads. It carries data and
 * knows neither who speaks nor who listens.
 */
export type { ClusterNotice, EntityChange, EntityEvent } from './changes.ts';
