import { acceptedFormat, errorContentTypes } from './accept.ts';
import {
  type ErrorTemplates,
  errorBodyOfType,
  errorMessage,
  problemContentType,
  problemDetails,
} from './error-body.ts';
import { grpcMessageOf, grpcStatusOf } from './grpc-status.ts';
import { headerKey, headerLines } from './headers.ts';
import type { HeaderValues } from './kong.ts';

/** A header to set on the answer; replaces what is there of its name. */
export type HeaderToSet = readonly [name: string, lines: readonly string[]];

/** What `kong.response.exit` makes of its arguments. */
export interface ComposedAnswer {
  readonly status: number;
  readonly headers: readonly HeaderToSet[];
  /** "" for an answer without a body; a text is to be sent as UTF-8. */
  readonly body: string | Uint8Array;
  /** What went amiss without keeping the answer from being sent; for the log, at level warn. */
  readonly warnings: readonly string[];
}

/** What an answer depends on besides the arguments. */
export interface AnswerContext {
  /** Content type that the answer carries already, from headers set before. */
  readonly contentType: string | undefined;
  /** True when it carries grpc-status already. */
  readonly hasGrpcStatus: boolean;
  /** True for HTTP/2 requests with a gRPC content type. */
  readonly isGrpcRequest: boolean;
}

const noNames: readonly string[] = [];
const ignoredTransferEncoding = 'manually setting Transfer-Encoding. Ignored.';

/** True for Transfer-Encoding, which the gateway alone sets; a plugin's is ignored with a warning. */
export function isTransferEncoding(name: string): boolean {
  return name.length === 17 && name.toLowerCase().replace('_', '-') === 'transfer-encoding';
}

/**
 * Makes the answer of `kong.response.exit`: records become JSON, Content-Length is set unless given, and an answer to a
 * gRPC request carries its text in grpc-message. `body` and `headers` were checked before.
 * @throws TypeError when a record cannot be written as JSON.
 */
export function composeExit(
  context: AnswerContext,
  status: number,
  body: string | Uint8Array | object | null | undefined,
  given: HeaderValues | null | undefined,
): ComposedAnswer {
  const headers: HeaderToSet[] = [];
  const warnings: string[] = [];
  let contentType = context.contentType;
  let hasContentType = false;
  let hasLength = false;
  for (const name of given === undefined || given === null ? noNames : Object.keys(given)) {
    const value = given![name]!;
    if (isTransferEncoding(name)) {
      warnings.push(ignoredTransferEncoding);
      continue;
    }
    const lines = headerLines(value);
    const key = headerKey(name);
    if (key === 'content-type') {
      contentType = lines[0];
      hasContentType = true;
    } else if (key === 'content-length') {
      hasLength = true;
    }
    headers.push([name, lines]);
  }

  const isGrpcOutput = contentType?.startsWith('application/grpc') ?? false;
  const isGrpc = contentType === undefined ? context.isGrpcRequest : isGrpcOutput;
  const grpcStatus = isGrpc && !context.hasGrpcStatus ? grpcStatusOf(status) : undefined;
  if (grpcStatus !== undefined) headers.push(['grpc-status', [String(grpcStatus)]]);

  let content = bodyOf(body, isGrpc, isGrpcOutput, warnings);
  if (isRecord(body) && !isGrpc && !hasContentType) headers.push(['Content-Type', [errorContentTypes.json]]);
  if (isGrpc && !isGrpcOutput && content !== undefined) {
    headers.push(['grpc-message', headerLines(textOf(content))]);
    content = undefined;
  } else if (grpcStatus !== undefined) {
    headers.push(['grpc-message', [grpcMessageOf(grpcStatus)]]);
  }
  if (!hasLength) headers.push(['Content-Length', [String(content === undefined ? 0 : Buffer.byteLength(content))]]);
  return { status, headers, body: content ?? '', warnings };
}

function isRecord(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
}

function bodyOf(
  body: string | Uint8Array | object | null | undefined,
  isGrpc: boolean,
  isGrpcOutput: boolean,
  warnings: string[],
): string | Uint8Array | undefined {
  if (!isRecord(body)) return (body as string | Uint8Array | null | undefined) ?? undefined;
  if (!isGrpc) return JSON.stringify(body);
  if (isGrpcOutput) throw new TypeError('table body encoding with gRPC is not supported');
  const message = (body as { readonly message?: unknown }).message;
  if (typeof message === 'string') return message;
  warnings.push('body was removed because table body encoding with gRPC is not supported');
  return undefined;
}

function textOf(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

/** What `kong.response.error` depends on besides its arguments. */
export interface ErrorContext extends AnswerContext {
  /** The request's Accept header, lines joined with commas. */
  readonly accept: string | undefined;
  readonly requestId: string;
  readonly templates?: ErrorTemplates;
  /** Problem details take the place of JSON, unless the caller chose a Content-Type. */
  readonly problemDetails?: boolean;
}

/**
 * Makes the answer of `kong.response.error`: Kong's error body in the format of a Content-Type among `given`, else in
 * the one that the client accepts; none for gRPC.
 */
export function composeError(
  context: ErrorContext,
  status: number,
  message: string | object | null | undefined,
  given: HeaderValues | null | undefined,
): ComposedAnswer {
  const chosen = Object.entries(given ?? {}).find(
    ([name]) => name.toLowerCase().replaceAll('_', '-') === 'content-type',
  );
  if (chosen === undefined && context.isGrpcRequest) {
    return composeExit(context, status, undefined, { ...given, 'Content-Type': 'application/grpc' });
  }
  const format = chosen === undefined ? acceptedFormat(context.accept) : undefined;
  const contentType = format === undefined ? headerLines(chosen![1])[0]! : errorContentTypes[format];
  const headers = chosen === undefined ? { ...given, 'Content-Type': contentType } : given;
  if (contentType === 'application/grpc') return composeExit(context, status, undefined, headers);
  const text =
    typeof message === 'object' && message !== null ? JSON.stringify(message) : (message ?? errorMessage(status));
  if (format === 'json' && context.problemDetails === true) {
    const body = problemDetails(status, text, context.requestId);
    return composeExit(context, status, body, { ...given, 'Content-Type': problemContentType });
  }
  return composeExit(
    context,
    status,
    errorBodyOfType(contentType, text, context.requestId, context.templates),
    headers,
  );
}
