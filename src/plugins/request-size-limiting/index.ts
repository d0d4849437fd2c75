import { definePlugin, type Handler, type Kong, kongVersion } from '../../pdk/index.ts';
import { config } from './schema.ts';

const bytesIn = { bytes: 1, kilobytes: 1024, megabytes: 1_048_576 } as const;

/** request-size-limiting: refuses requests with a body above a size. */
export const requestSizeLimiting = definePlugin({
  name: 'request-size-limiting',
  version: kongVersion,
  priority: 951,
  config,
  setup: () => (stored) => ({
    access: createAccess(
      (stored.allowed_payload_size ?? 128) * bytesIn[stored.size_unit],
      stored.require_content_length,
    ),
  }),
});

function createAccess(mostBytes: number, requiresLength: boolean): Handler {
  return (kong) => {
    const length = lengthOf(kong.request.getHeader('content-length'));
    if (length !== undefined) return check(kong, length, mostBytes);
    const encoding = kong.request.getHeader('transfer-encoding');
    if (requiresLength && encoding !== 'chunked') {
      kong.response.error(411, 'A valid Content-Length header is required');
      return;
    }
    // Without either header there is no body before HTTP/2 (RFC 9112 section 6.3), and nothing to wait for.
    if (encoding === undefined && kong.request.getHttpVersion() < 2) return check(kong, 0, mostBytes);
    return kong.request.getRawBody(mostBytes).then((body) => check(kong, body?.length ?? mostBytes + 1, mostBytes));
  };
}

function check(kong: Kong, length: number, mostBytes: number): void {
  if (length <= mostBytes) return;
  const waits = kong.request.getHeader('expect')?.trim().toLowerCase() === '100-continue';
  kong.response.error(waits ? 417 : 413, 'Request size limit exceeded');
}

function lengthOf(header: string | undefined): number | undefined {
  const length = header === undefined || header === '' ? Number.NaN : Number(header);
  return Number.isNaN(length) ? undefined : length;
}
