import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { credentials, status } from '@grpc/grpc-js';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { connectFrames, type Fields, frame, headers, request, uint32 } from '../http2/frame-client.ts';
import { EchoClient, type EchoService, startEchoService } from './echo-service.ts';

let gateway: InProcessGateway;
let service: EchoService;
let client: EchoClient;

describe('gRPC calls', () => {
  before(async () => {
    gateway = await startTestGateway({
      proxy_listen: '127.0.0.1:0 http2 reuseport, 127.0.0.1:0 ssl http2 reuseport',
    });
    service = await startEchoService();
    await createRoute(
      gateway,
      service.port,
      '/test.Echo',
      { protocol: 'grpc' },
      { protocols: ['grpc', 'grpcs'], strip_path: false },
    );
    client = new EchoClient(gateway.port, 'api.test:7000');
  });
  afterEach(() => {
    service.calls.length = 0;
  });
  after(async () => {
    client.close();
    service.stop();
    await gateway.stop();
  });

  it('carries a unary call with metadata, trailers and an authority of its own', async () => {
    const outcome = await client.unary(Buffer.from('hello'), { 'x-own': 'y', 'x-raw-bin': Buffer.from([0, 200]) });
    assert.deepEqual([outcome.code, outcome.message?.toString()], [status.OK, 'hello']);
    assert.deepEqual(outcome.metadata.get('x-service'), ['echo']);
    assert.match(String(outcome.metadata.get('via')[0]), /^2 gibbon\//);
    assert.match(String(outcome.metadata.get('x-kong-request-id')[0]), /^[0-9a-f]{32}$/);
    assert.deepEqual(outcome.trailers.get('x-tail'), ['end']);
    assert.deepEqual(outcome.trailers.get('x-bytes-bin'), [Buffer.from([0, 1, 2, 255])]);
    const [call] = service.calls;
    assert.equal(call!.host, `127.0.0.1:${service.port}`);
    assert.deepEqual(call!.metadata.get('x-own'), ['y']);
    assert.deepEqual(call!.metadata.get('x-raw-bin'), [Buffer.from([0, 200])]);
    assert.deepEqual(call!.metadata.get('x-forwarded-host'), ['api.test']);
    assert.deepEqual(call!.metadata.get('x-forwarded-path'), ['/test.Echo/Unary']);
    assert.deepEqual(call!.metadata.get('x-forwarded-for'), ['127.0.0.1']);
    assert.match(String(call!.metadata.get('via')[0]), /^2 gibbon\//);
  });

  it('carries calls over TLS to the gateway', async () => {
    const secured = new EchoClient(
      gateway.tlsPort,
      'localhost',
      credentials.createSsl(null, null, null, { rejectUnauthorized: false, checkServerIdentity: () => undefined }),
    );
    assert.equal((await secured.unary(Buffer.from('x'))).code, status.OK);
    assert.deepEqual(service.calls[0]!.metadata.get('x-forwarded-proto'), ['https']);
    secured.close();
  });

  it('passes on a status that comes with an answer, and one that comes alone', async () => {
    const outcome = await client.unary(Buffer.from('x'), { fail: String(status.FAILED_PRECONDITION) });
    assert.deepEqual([outcome.code, outcome.details], [status.FAILED_PRECONDITION, 'asked for']);
    assert.deepEqual(outcome.trailers.get('x-tail'), ['end']);
    const unknown = await client.unary(Buffer.from('x'), {}, undefined, '/test.Echo/Nothing');
    assert.equal(unknown.code, status.UNIMPLEMENTED);
  });

  it('carries many calls at once over one connection to the service', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, at) => client.unary(Buffer.from(`message ${at}`))),
    );
    assert.deepEqual(
      outcomes.map(({ message }) => message?.toString()),
      Array.from({ length: 100 }, (_, at) => `message ${at}`),
    );
    assert.equal(new Set(service.calls.map(({ peer }) => peer)).size, 1);
  });

  it('carries messages larger than every window, both ways', async () => {
    const large = randomBytes(5_000_003);
    const outcome = await client.unary(large);
    assert.equal(outcome.code, status.OK);
    assert.ok(outcome.message!.equals(large));
  });

  it('streams from the client', async () => {
    const { call, result } = client.collect();
    const part = randomBytes(100_000);
    for (let at = 0; at < 50; at += 1) {
      if (!call.write(part)) await once(call, 'drain');
    }
    call.end();
    assert.equal((await result).message?.toString(), '5000000');
  });

  it('streams to the client, however slowly it takes it', async () => {
    const part = randomBytes(50_000);
    const call = client.list(part, { times: '200' });
    let count = 0;
    for await (const got of call) {
      count += 1;
      assert.ok(part.equals(got as Buffer));
      if (count % 20 === 0) await new Promise(setImmediate);
    }
    assert.equal(count, 200);
  });

  it('lets slow clients wait for nobody but themselves', async () => {
    const slow = await connectFrames(gateway.port);
    // Windows that never open.
    slow.open([4, 0]);
    const asked: Fields = request('/test.Echo/List', 'POST', [
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ['times', '20'],
    ]);
    const part = Buffer.alloc(30_000);
    const count = 60;
    for (let at = 0; at < count; at += 1) {
      slow.send(headers(at * 2 + 1, asked, false));
      for (let from = 0; from < part.length; from += 16_000) {
        const data = part.subarray(from, from + 16_000);
        const message = from === 0 ? Buffer.concat([Buffer.from([0]), uint32(part.length), data]) : data;
        slow.send(frame(0, from + 16_000 >= part.length ? 1 : 0, at * 2 + 1, message));
      }
      if (at % 5 === 4) await slow.ping();
    }
    while (slow.frames.filter(({ type }) => type === 1).length < count) await new Promise(setImmediate);
    const large = randomBytes(3_000_000);
    assert.ok((await client.unary(large)).message!.equals(large));
    assert.equal(new Set(service.calls.map(({ peer }) => peer)).size, 1);
    slow.close();
    for (let at = 0; at < count; at += 1) await service.cancelled();
  });

  it('streams both ways at once: each answer comes before the next message is sent', async () => {
    const call = client.chat();
    for (let round = 0; round < 20; round += 1) {
      call.write(Buffer.from(`round ${round}`));
      const [got] = (await once(call, 'data')) as [Buffer];
      assert.equal(got.toString(), `round ${round}`);
    }
    call.end();
    const [end] = await once(call, 'status');
    assert.equal((end as { readonly code: number }).code, status.OK);
  });

  it('ends a stream whose service answers before the client is through', async () => {
    const { call, result } = client.collect({ fail: String(status.RESOURCE_EXHAUSTED) });
    call.on('error', () => {});
    call.write(Buffer.from('x'));
    assert.equal((await result).code, status.RESOURCE_EXHAUSTED);
    assert.equal((await client.unary(Buffer.from('y'))).code, status.OK);
  });

  it('passes deadlines on, and their end', async () => {
    const outcome = await client.unary(Buffer.from('x'), { hang: '1' }, 400);
    assert.equal(outcome.code, status.DEADLINE_EXCEEDED);
    const { timeLeft } = service.calls[0]!;
    assert.ok(timeLeft !== undefined && timeLeft > 0 && timeLeft <= 400, String(timeLeft));
    await service.cancelled();
    assert.equal(service.open, 0);
  });

  it('passes cancellation on in the middle of every kind of stream', async () => {
    const chat = client.chat({ hang: '1' });
    chat.on('error', () => {});
    chat.write(Buffer.from('x'));
    await once(chat, 'data');
    chat.cancel();
    await service.cancelled();
    const list = client.list(Buffer.alloc(100_000), { times: '3', hang: '1' });
    list.on('error', () => {});
    await once(list, 'data');
    list.cancel();
    await service.cancelled();
    const { call, result } = client.collect({ hang: '1' });
    call.on('error', () => {});
    call.write(Buffer.from('x'));
    while (!service.calls.some(({ path }) => path === 'Collect')) await new Promise(setImmediate);
    call.cancel();
    assert.equal((await result).code, status.CANCELLED);
    await service.cancelled();
    assert.equal(service.open, 0);
    assert.equal((await client.unary(Buffer.from('y'))).code, status.OK);
  });
});
