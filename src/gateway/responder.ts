import { request } from 'node:http';

const timeoutMs = 10_000;
const maxBytes = 65_536;

/**
 * Posts a question to an OCSP responder (RFC 6960 appendix A.1) and gives back what it answers.
 * @throws when there is no answer in time, when it is too large, or when its status is not 200
 */
export function askResponder(url: string, body: Uint8Array): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const sent = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request', 'content-length': body.length },
    signal: AbortSignal.timeout(timeoutMs),
  });
  sent.on('error', reject);
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('error', reject);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) response.destroy(new Error(`the answer has more than ${maxBytes} bytes`));
    });
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(chunks));
      else reject(new Error(`it answers ${response.statusCode ?? 0}`));
    });
  });
  sent.end(body);
  return promise;
}
