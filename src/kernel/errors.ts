/** Whose fault a failure is: the client's, the upstream's, or ours. */
export type ErrorSource = 'downstream' | 'upstream' | 'internal';

/** What a {@link GibbonError} may carry besides its message. */
export interface GibbonErrorOptions {
  /** Stable machine-readable name, such as `ERR_UPSTREAM_CONNECT`. */
  readonly code: string;
  /** HTTP status that a client would be answered with. */
  readonly status?: number;
  readonly source?: ErrorSource;
  /** True when the same attempt may succeed elsewhere or later. */
  readonly retry?: boolean;
  readonly cause?: unknown;
}

/** The one class of error that Gibbon throws on purpose; `code` tells faults apart, `source` tells whose they are. */
export class GibbonError extends Error {
  readonly code: string;
  readonly status: number;
  readonly source: ErrorSource;
  readonly retry: boolean;

  constructor(message: string, options: GibbonErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GibbonError';
    this.code = options.code;
    this.status = options.status ?? 500;
    this.source = options.source ?? 'internal';
    this.retry = options.retry ?? false;
  }
}

/** Returns the message of anything that was thrown, never a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
