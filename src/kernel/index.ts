/**
 * Kernel: the small tools that every room may use: errors, clock, log, ids, bounded maps, timers.
 * It knows nothing of gateways, and imports nothing of ours.
 */
export { createLogTime, loggedText, loggedUser } from './access-line.ts';
export { hashText, hashText64, mix, textHash } from './bytes.ts';
export { type Clock, createManualClock, type ManualClock, systemClock } from './clock.ts';
export { type DerElement, derTags, objectIdOf, readElements, readWithin, smallNumberOf, writeElement } from './der.ts';
export { type ErrorSource, GibbonError, type GibbonErrorOptions, messageOf } from './errors.ts';
export { gatherLines } from './gather-lines.ts';
export { isUuid, randomString, requestId, uuidV5 } from './ids.ts';
export { createLogger, type Logger, type LoggerOptions, type LogLevel, logLevels, silentLogger } from './logger.ts';
export { createLru, type Lru } from './lru.ts';
export { escapePath, normalizePath } from './paths.ts';
export { compileSafeRegex, type RegexMatch, type SafeRegex, type SafeRegexOptions } from './safe-regex.ts';
export { createTimerWheel, type TimerItem, type TimerWheel, type TimerWheelOptions } from './timer-wheel.ts';
