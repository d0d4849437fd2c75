/**
 * Remote: what other servers have and a plugin needs: a small HTTP client with limits on everything (time, size, calls
 * under way), and documents that are kept, renewed in the background, and outlive their server for a while. It knows
 * nothing of what the documents say.
 */
export {
  createHttpClient,
  fetchText,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpQuestion,
} from './http-client.ts';
export { createRemoteDocument, type RemoteDocument, type RemoteDocumentOptions } from './remote-document.ts';
export { createShared, type Ending, type Shared } from './shared.ts';
