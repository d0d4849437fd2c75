import { connect } from 'node:http2';
import { messageOf } from '../../../kernel/index.ts';
import type { Attempt } from './attempt.ts';

/** An empty HealthCheckRequest in its frame: not compressed, no bytes. It asks for the server as a whole. */
const request = Buffer.from([0, 0, 0, 0, 0]);
const frameHead = 5;
const answerLimit = 4096;

/** HealthCheckResponse.ServingStatus of grpc.health.v1. */
const servingStates = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const serving = 1;

/** Asks with grpc.health.v1.Health/Check; only SERVING is a success. */
export function askGrpc(attempt: Attempt): void {
  const { socket, target } = attempt;
  const { headers } = target.policy;
  const session = connect(`http://${target.ip.includes(':') ? `[${target.ip}]` : target.ip}:${target.port}`, {
    createConnection: () => socket,
  });
  session.on('error', (fault) => attempt.fail(messageOf(fault)));
  const stream = session.request({
    ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    ':authority': target.host,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const parts: Buffer[] = [];
  let size = 0;
  let status = 0;
  let code: string | undefined;
  stream.on('response', (fields) => {
    status = Number(fields[':status']);
    code = fields['grpc-status'] as string | undefined;
  });
  stream.on('trailers', (fields) => {
    code = fields['grpc-status'] as string | undefined;
  });
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= answerLimit) parts.push(part);
  });
  stream.on('error', (fault) => attempt.fail(messageOf(fault)));
  stream.on('end', () => {
    if (status !== 200) attempt.end({ sign: 'http_failure', detail: `status ${status}` });
    else if (code !== '0') attempt.end({ sign: 'http_failure', detail: `gRPC status ${code ?? 'missing'}` });
    else {
      const state = servingStateOf(Buffer.concat(parts));
      const detail = servingStates[state] ?? `serving state ${state}`;
      attempt.end({ sign: state === serving ? 'success' : 'http_failure', detail });
    }
  });
  stream.end(request);
  void attempt.result.then(() => session.destroy());
}

/** Field 1 of the message behind the frame's head, a varint below 128; 0 when it is not there. */
function servingStateOf(frame: Buffer): number {
  return frame[frameHead] === 0x08 ? (frame[frameHead + 1] ?? 0) : 0;
}
