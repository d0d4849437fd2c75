import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { rootCertificates } from 'node:tls';
import { GibbonError, messageOf } from '../../kernel/index.ts';

/** What is asked of a server. */
export interface HttpQuestion {
  /** An absolute URL; nothing but `http:` and `https:` is asked. */
  readonly url: string;
  /** GET unless there is a body, then POST. */
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

/** What a server answered, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** The media type without its parameters, in lower case; "" without one. */
  readonly mediaType: string;
  /** Read as UTF-8. */
  readonly body: string;
}

/** What a client is made of. */
export interface HttpClientOptions {
  /** Milliseconds from the question to the last byte of the answer. */
  readonly timeout: number;
  /** Bytes that an answer may have; 1 MiB unless told. */
  readonly maxBytes?: number;
  /** Questions that may be under way or waiting for a connection; 256 unless told. */
  readonly maxPending?: number;
  /** False takes any certificate. */
  readonly verify: boolean;
  /** PEM texts of authorities trusted beside those that Node brings. */
  readonly trusted: readonly string[];
}

/** Asks servers over HTTP/1.1 with connections that are used again. */
export interface HttpClient {
  /**
   * Asks once; redirects are answers like others and are not followed.
   * @throws GibbonError `ERR_REMOTE` when there is no answer in time, when it is too large, or when too much is asked at
   * once. The query of the URL, the headers and the body are not in the message: they may hold secrets.
   */
  ask(question: HttpQuestion): Promise<HttpAnswer>;
  /** Ends the connections that nobody waits for. */
  close(): void;
}

const maxSockets = 32;

/** The connection was gone before the question was heard. */
class StaleConnection extends Error {}

/**
 * Creates an {@link HttpClient} over node:http and node:https: fetch() cannot be given authorities to trust, nor told to
 * stop at so many bytes before it has read them.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeout, maxBytes = 2 ** 20, maxPending = 256, verify, trusted } = options;
  const plain = new HttpAgent({ keepAlive: true, maxSockets });
  const secure = new HttpsAgent({
    keepAlive: true,
    maxSockets,
    rejectUnauthorized: verify,
    ...(trusted.length > 0 ? { ca: [...rootCertificates, ...trusted] } : {}),
  });
  let pending = 0;

  function exchange(url: URL, question: HttpQuestion): Promise<HttpAnswer> {
    const { body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = question;
    return new Promise((resolve, reject) => {
      const isSecure = url.protocol === 'https:';
      const send = isSecure ? requestHttps : requestHttp;
      const sent = send(
        url,
        {
          method,
          agent: isSecure ? secure : plain,
          signal: AbortSignal.timeout(timeout),
          headers: {
            accept: 'application/json',
            'accept-encoding': 'identity',
            ...headers,
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          },
        },
        (incoming) => {
          read(incoming).then(resolve, reject);
        },
      );
      sent.on('error', (fault) => {
        // The server may have closed a connection just when it was to be used again.
        const isStale = sent.reusedSocket && (fault as { readonly code?: string }).code === 'ECONNRESET';
        reject(isStale ? new StaleConnection() : fault);
      });
      sent.end(body);
    });
  }

  async function read(incoming: IncomingMessage): Promise<HttpAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the connection.
      if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    const [mediaType = ''] = (incoming.headers['content-type'] ?? '').split(';', 1);
    return {
      status: incoming.statusCode ?? 0,
      mediaType: mediaType.trim().toLowerCase(),
      body: Buffer.concat(chunks).toString('utf8'),
    };
  }

  return {
    async ask(question) {
      const url = URL.parse(question.url);
      if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
        throw new GibbonError('Cannot ask a server: its URL is none of HTTP', { code: 'ERR_REMOTE' });
      }
      const name = url.origin + url.pathname;
      if (pending >= maxPending) {
        throw new GibbonError(`Cannot ask "${name}": ${pending} questions are under way`, { code: 'ERR_REMOTE' });
      }
      pending++;
      try {
        return await exchange(url, question).catch((fault: unknown) => {
          if (fault instanceof StaleConnection) return exchange(url, question);
          throw fault;
        });
      } catch (fault) {
        throw new GibbonError(`Cannot ask "${name}": ${reasonOf(fault, timeout)}`, {
          code: 'ERR_REMOTE',
          cause: fault,
        });
      } finally {
        pending--;
      }
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function reasonOf(fault: unknown, timeout: number): string {
  const { name, code, cause } = fault as { readonly name?: string; readonly code?: string; readonly cause?: unknown };
  if (name === 'TimeoutError' || (cause as { readonly name?: string } | undefined)?.name === 'TimeoutError') {
    return `no answer within ${timeout} ms`;
  }
  const message = messageOf(fault);
  // Several addresses that were tried in vain come as one fault without a text.
  return message === '' ? (code ?? 'connection failed') : message;
}

/**
 * The text at a URL.
 * @throws GibbonError `ERR_REMOTE` when it cannot be had; for any status but 200, too.
 */
export async function fetchText(client: HttpClient, url: string): Promise<string> {
  const { status, body } = await client.ask({ url });
  if (status !== 200) throw new GibbonError(`Cannot read "${url}": status ${status}`, { code: 'ERR_REMOTE' });
  return body;
}
