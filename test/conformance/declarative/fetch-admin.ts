import type { TestGateway } from '../../support/gateway.ts';

/** An answer of the Admin API whatever its status. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into whatever JSON an endpoint answers with
  readonly body: any;
}

/** Sends a body of any type to the Admin API. */
export async function fetchAdmin(
  gateway: TestGateway & { readonly running: { readonly addresses: { readonly admin: readonly { port: number }[] } } },
  method: string,
  path: string,
  type?: string,
  body?: string,
): Promise<Reply> {
  const answer = await fetch(`http://127.0.0.1:${gateway.running.addresses.admin[0]!.port}${path}`, {
    method,
    headers: type === undefined ? {} : { 'content-type': type },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}
