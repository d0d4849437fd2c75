/**
 * What an implementation of the PDK needs beside the contract: which function may be called when, Kong's texts, and the
 * pure parts of its work (arguments, bodies, error answers, log entries). For `proxy` and for the fake exchange of
 * `pdk/testing`; plugins have no use for it. It knows no sockets and keeps no state.
 */
export { acceptedFormat, type ErrorFormat, errorContentTypes, formatOfContentType } from './accept.ts';
export {
  type AnswerContext,
  type ComposedAnswer,
  composeError,
  composeExit,
  type ErrorContext,
  type HeaderToSet,
  isTransferEncoding,
} from './answer.ts';
export { encodeArgs, parseArgs, removeArg } from './args.ts';
export { type EncodedBody, encodeBody, isParsable, parseBody } from './body.ts';
export * from './checks.ts';
export {
  type ErrorTemplates,
  errorBody,
  gatewayErrorMessage,
  problemContentType,
  problemDetails,
} from './error-body.ts';
export { grpcStatusOf, isGrpcRequest } from './grpc-status.ts';
export { headerKey } from './headers.ts';
export { checkSerializeValue, type LogFacts, type LogTry, logEntry, type SerializeValue } from './log-entry.ts';
export { escapePath } from './paths.ts';
export {
  deniedPhaseViolation,
  type PhaseName,
  pdkDeniedPhases,
  pdkPhases,
  phaseBits,
  phaseViolation,
} from './phases.ts';
export { pluginSubschema } from './plugin-schema.ts';
export { type StreamLogFacts, streamLogEntry } from './stream-log-entry.ts';
export { bytesOf, latin1OfText, textOfLatin1 } from './text.ts';
