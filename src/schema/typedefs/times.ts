import { f } from '../fields.ts';
import { typedef } from './typedef.ts';

/** Milliseconds, 0 to 2^31-2. */
export const timeout = typedef(f.integer({ between: [0, 2 ** 31 - 2], typedef: 'timeout' }));

/** Seconds to live, 0 to 100,000,000. */
export const ttl = typedef(f.number({ between: [0, 100_000_000], typedef: 'ttl' }));

/** A moment in whole seconds since the epoch, made by the store. */
export const autoTimestampS = typedef(f.integer({ timestamp: true, auto: true, typedef: 'auto_timestamp_s' }));

/** A moment in seconds since the epoch with milliseconds as a fraction, made by the store. */
export const autoTimestampMs = typedef(f.number({ timestamp: true, auto: true, typedef: 'auto_timestamp_ms' }));
