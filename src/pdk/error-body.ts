import { STATUS_CODES } from 'node:http';
import { type ErrorFormat, formatOfContentType } from './accept.ts';

const messages: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  402: 'Payment required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  407: 'Proxy authentication required',
  408: 'Request timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length required',
  412: 'Precondition failed',
  413: 'Payload too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  417: 'Expectation failed',
  418: "I'm a teapot",
  421: 'Misdirected request',
  422: 'Unprocessable entity',
  423: 'Locked',
  424: 'Failed dependency',
  425: 'Too early',
  426: 'Upgrade required',
  428: 'Precondition required',
  429: 'Too many requests',
  431: 'Request header fields too large',
  451: 'Unavailable for legal reasons',
  494: 'Request header or cookie too large',
  500: 'An unexpected error occurred',
  501: 'Not implemented',
  502: 'An invalid response was received from the upstream server',
  503: 'The upstream server is currently unavailable',
  504: 'The upstream server is timing out',
  505: 'HTTP version not supported',
  506: 'Variant also negotiates',
  507: 'Insufficient storage',
  508: 'Loop detected',
  510: 'Not extended',
  511: 'Network authentication required',
};

/** Statuses for which the gateway's own errors have a text; the PDK has one for more of them. */
const ownErrors: ReadonlySet<number> = new Set([400, 404, 405, 408, 411, 412, 413, 414, 417, 494, 500, 502, 503, 504]);

/** What `kong.response.error` says when it is given no message. */
export function errorMessage(status: number): string {
  return messages[status] ?? unknownStatus(status);
}

/** What the gateway says when an error is its own and no plugin's, such as a malformed request (nginx's error page). */
export function gatewayErrorMessage(status: number): string {
  return ownErrors.has(status) ? messages[status]! : unknownStatus(status);
}

function unknownStatus(status: number): string {
  return `The upstream server responded with ${status}`;
}

const templates: Readonly<Record<ErrorFormat, readonly [before: string, between: string, after: string]>> = {
  json: ['{\n  "message":"', '",\n  "request_id":"', '"\n}'],
  plain: ['', '\nrequest_id: ', '\n'],
  html: [
    '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n' +
      '  <body>\n    <h1>Error</h1>\n    <p>',
    '.</p>\n    <p>request_id: ',
    '</p>\n  </body>\n</html>\n',
  ],
  xml: [
    '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>',
    '</message>\n  <requestid>',
    '</requestid>\n</error>\n',
  ],
  grpc: ['', '', ''],
};

/** Templates of the operator's own (`error_template_html` ...): `%s` stands for the message, then for the request id. */
export type ErrorTemplates = { readonly [format in ErrorFormat]?: string };

/**
 * The body of an error in a format, byte for byte as Kong 3.9 writes it. Characters that would end the text early are
 * escaped, which Kong does not do: `"` in JSON, `<` in HTML and XML.
 */
export function errorBody(format: ErrorFormat, message: string, requestId: string, custom?: ErrorTemplates): string {
  if (format === 'grpc') return '';
  const template = custom?.[format];
  const text = escapeFor[format](message);
  if (template !== undefined) return fillIn(template, [text, requestId]);
  const [before, between, after] = templates[format];
  return before + text + between + requestId + after;
}

/** The content type of {@link problemDetails}. */
export const problemContentType = 'application/problem+json';

/** Problem details (RFC 9457), which the operator may have in place of Kong's JSON (`error_problem_details`). */
export function problemDetails(status: number, detail: string, requestId: string): string {
  // A type of about:blank has the status's own phrase for a title (section 4.2.1).
  const title = STATUS_CODES[status] ?? 'Unknown';
  return JSON.stringify({ type: 'about:blank', title, status, detail, request_id: requestId });
}

/** Like {@link errorBody} for a content type that a plugin chose; one that is not known counts as JSON. */
export function errorBodyOfType(
  contentType: string,
  message: string,
  requestId: string,
  custom?: ErrorTemplates,
): string {
  return errorBody(formatOfContentType(contentType) ?? 'json', message, requestId, custom);
}

function fillIn(template: string, values: readonly string[]): string {
  let next = 0;
  return template.replaceAll(/%s|%%/g, (mark) => (mark === '%%' ? '%' : (values[next++] ?? '')));
}

const escapeFor: Readonly<Record<Exclude<ErrorFormat, 'grpc'>, (text: string) => string>> = {
  json: (text) => JSON.stringify(text).slice(1, -1),
  plain: (text) => text,
  html: escapeMarkup,
  xml: escapeMarkup,
};

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
