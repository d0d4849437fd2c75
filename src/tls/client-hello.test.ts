import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { maxHelloBytes, readClientHello } from './client-hello.ts';

/** What a client of node's sends first. */
async function helloOf(servername: string | undefined): Promise<Buffer> {
  return await new Promise((resolve) => {
    const wire = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk);
        done();
      },
    });
    const client = connect({ socket: wire, ...(servername === undefined ? {} : { servername }) });
    client.on('error', () => {});
  });
}

/** The same message in records of at most `size` bytes. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records);
}

test('the server name is found, or that there is none', async () => {
  assert.deepEqual(readClientHello(await helloOf('a.test')), { kind: 'hello', serverName: 'a.test' });
  assert.deepEqual(readClientHello(await helloOf(undefined)), { kind: 'hello', serverName: undefined });
});

test('every beginning of a hello asks for more, also in many records', async () => {
  const hello = await helloOf('a.test');
  for (const bytes of [hello, inRecords(hello, 7), inRecords(hello, 100)]) {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.deepEqual(readClientHello(bytes.subarray(0, length)), { kind: 'incomplete' }, `${length} bytes`);
    }
    assert.deepEqual(readClientHello(bytes), { kind: 'hello', serverName: 'a.test' });
  }
});

test('what follows the hello is not looked at', async () => {
  const hello = await helloOf('a.test');
  assert.deepEqual(readClientHello(Buffer.concat([hello, Buffer.from('more')])), {
    kind: 'hello',
    serverName: 'a.test',
  });
});

test('what is no hello is told apart at once', () => {
  for (const bytes of [
    'GET / HTTP/1.1',
    '\x16\x02\x01\x00\x05',
    '\x16\x03\x01\x00\x00',
    '\x16\x03\x01\x00\x04\x02\x00\x00\x00',
  ]) {
    assert.deepEqual(readClientHello(Buffer.from(bytes, 'latin1')), { kind: 'other' });
  }
  const huge = Buffer.from([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]);
  assert.deepEqual(readClientHello(huge), { kind: 'other' });
  assert.ok(maxHelloBytes < 0xffffff);
});

test('no bytes make it throw, and a hello with any byte changed is still read or refused', async () => {
  const hello = await helloOf('a.test');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readClientHello(Buffer.from(bytes))));
  fc.assert(
    fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(hello);
      changed[at] = byte;
      assert.ok(['hello', 'incomplete', 'other'].includes(readClientHello(changed).kind));
    }),
  );
});
