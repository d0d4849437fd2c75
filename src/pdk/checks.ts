import { GibbonError } from '../kernel/index.ts';
import type { HeaderValues } from './kong.ts';
import { deniedPhaseViolation, pdkDeniedPhases, pdkPhases, phaseViolation } from './phases.ts';

/** A function of the PDK whose phases are checked. */
export type PdkFunction = keyof typeof pdkPhases | keyof typeof pdkDeniedPhases;

/** The error of a plugin that used the PDK wrongly; the text is Kong's. */
export function pdkError(message: string): GibbonError {
  return new GibbonError(message, { code: 'ERR_PDK_USE' });
}

/** @throws GibbonError `ERR_PDK_USE` when `name` may not be called in phase `current` (one bit). */
export function checkPhase(name: PdkFunction, current: number): void {
  const allowed = (pdkPhases as { readonly [name: string]: number | undefined })[name];
  if (allowed !== undefined) {
    if ((allowed & current) === 0) throw pdkError(phaseViolation(allowed, current));
    return;
  }
  const denied = pdkDeniedPhases[name as keyof typeof pdkDeniedPhases];
  if ((denied & current) !== 0) throw pdkError(deniedPhaseViolation(denied, current));
}

/** The name that Lua has for the type of `value`, as Kong's messages print it. */
export function luaType(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  return typeof value === 'object' ? 'table' : typeof value;
}

/** @throws GibbonError `ERR_PDK_USE` unless `value` is a text; `what` names it, such as `header name`. */
export function checkString(what: string, value: unknown): void {
  if (typeof value !== 'string') throw pdkError(`${what} must be a string`);
}

/** @throws GibbonError `ERR_PDK_USE` unless `value` is a number from 1 to 1000; for max_args and max_headers. */
export function checkMaximum(what: 'max_args' | 'max_headers', value: unknown): void {
  if (typeof value !== 'number') throw pdkError(`${what} must be a number`);
  if (value < 1) throw pdkError(`${what} must be >= 1`);
  if (value > 1000) throw pdkError(`${what} must be <= 1000`);
}

/** @throws GibbonError `ERR_PDK_USE` unless `status` is a number from `least` to 599. */
export function checkStatus(status: unknown, least: 100 | 400 = 100): void {
  if (typeof status !== 'number') throw pdkError('code must be a number');
  if (!(status >= least && status <= 599)) throw pdkError(`code must be a number between ${least} and 599`);
}

/** @throws GibbonError `ERR_PDK_USE` unless `value` is an integer from `least` to `most`. */
export function checkInteger(what: string, value: unknown, least: number, most: number): void {
  if (!Number.isInteger(value)) throw pdkError(`${what} must be an integer`);
  const given = value as number;
  if (given < least || given > most) {
    throw pdkError(`${what} must be an integer between ${least} and ${most}: given ${given}`);
  }
}

/** @throws GibbonError `ERR_PDK_USE` unless `name` and `value` can be a header. */
export function checkHeader(name: unknown, value: unknown): void {
  checkOneHeader(name, value, 'array of string, string, number or boolean');
}

/** @throws GibbonError `ERR_PDK_USE` unless `headers` is a record of headers. */
export function checkHeaders(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) throw pdkError('headers must be a table');
  for (const name of Object.keys(headers)) {
    checkOneHeader(name, (headers as HeaderValues)[name], 'string, number, boolean or array of strings');
  }
}

function checkOneHeader(name: unknown, value: unknown, expected: string): void {
  if (typeof name !== 'string') {
    throw pdkError(`invalid header name "${String(name)}": got ${luaType(name)}, expected string`);
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return;
  if (!Array.isArray(value)) {
    throw pdkError(`invalid header value for "${name}": got ${luaType(value)}, expected ${expected}`);
  }
  for (const element of value) {
    // Kong takes texts only; the contract lets numbers and booleans pass as it does outside of lists.
    if (typeof element === 'string' || typeof element === 'number' || typeof element === 'boolean') continue;
    throw pdkError(`invalid header value in array "${name}": got ${luaType(element)}, expected string`);
  }
}

/** @throws GibbonError `ERR_PDK_USE` unless `body` can be given to `kong.response.exit`. */
export function checkExitBody(body: unknown): void {
  if (body === undefined || body === null || typeof body === 'string' || typeof body === 'object') return;
  throw pdkError('body must be a nil, string or table');
}

/** @throws GibbonError `ERR_PDK_USE` unless `message` can be given to `kong.response.error`. */
export function checkErrorMessage(message: unknown): void {
  if (message === undefined || message === null || typeof message === 'string' || typeof message === 'object') return;
  throw pdkError('message must be a nil, a string or a table');
}

/** @throws GibbonError `ERR_PDK_USE` unless headers are absent or a record of headers. */
export function checkOptionalHeaders(headers: unknown): void {
  if (headers === undefined || headers === null) return;
  if (typeof headers !== 'object') throw pdkError('headers must be a nil or table');
  checkHeaders(headers);
}

/** The methods that a request to the upstream may be given. */
export const upstreamMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'PUT',
  'POST',
  'DELETE',
  'OPTIONS',
  'MKCOL',
  'COPY',
  'MOVE',
  'PROPFIND',
  'PROPPATCH',
  'LOCK',
  'UNLOCK',
  'PATCH',
  'TRACE',
]);

/** @throws GibbonError `ERR_PDK_USE` unless `method` is one of {@link upstreamMethods}. */
export function checkMethod(method: unknown): void {
  if (typeof method !== 'string') throw pdkError('method must be a string');
  if (!upstreamMethods.has(method)) throw pdkError(`invalid method: ${method}`);
}

/** @throws GibbonError `ERR_PDK_USE` unless `scheme` is http or https. */
export function checkScheme(scheme: unknown): void {
  if (typeof scheme !== 'string') throw pdkError('scheme must be a string');
  if (scheme !== 'http' && scheme !== 'https') throw pdkError(`invalid scheme: ${scheme}`);
}

/** @throws GibbonError `ERR_PDK_USE` unless `path` starts with a slash. */
export function checkPath(path: unknown): void {
  checkString('path', path);
  if (!(path as string).startsWith('/')) throw pdkError('path must start with /');
}

/** @throws GibbonError `ERR_PDK_USE` unless one of the two is there and neither is anything but a record. */
export function checkIdentity(consumer: unknown, credential: unknown): void {
  const isRecord = (value: unknown): boolean => value === null || value === undefined || typeof value === 'object';
  if (!isRecord(consumer)) throw pdkError('consumer must be a table or nil');
  if (!isRecord(credential)) throw pdkError('credential must be a table or nil');
  if ((consumer ?? credential ?? null) === null) throw pdkError('either credential or consumer must be provided');
}

/** @throws GibbonError `ERR_PDK_USE` unless `value` is SUCCESS, NONE or begins with `FAILED:`. */
export function checkClientVerify(value: unknown): void {
  if (value === 'SUCCESS' || value === 'NONE') return;
  if (typeof value === 'string' && value.startsWith('FAILED:')) return;
  throw pdkError(
    `unknown client verify value: ${String(value)} accepted values are: "SUCCESS", "NONE" or "FAILED:<reason>"`,
  );
}

/** @throws GibbonError `ERR_PDK_USE` unless `args` is an object. */
export function checkArgs(args: unknown): void {
  if (typeof args !== 'object' || args === null) throw pdkError('args must be a table');
}

/** Kong's text for a change of the answer's head once it was sent. */
export const headersSent = 'headers have already been sent';

/** Kong's text for reading the upstream's body without having asked for buffering. */
export const bodyNotBuffered =
  'service body is only available with buffered proxying (see: kong.service.request.enable_buffering function)';

/** Kong's text for `set_body` without a content type. */
export const contentTypeUnknown = 'content type was neither explicitly given as an argument or received as a header';
