import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { extension, helloOf, inRecords, nameExtension } from './hello-parser.fixtures.ts';
import { type ClientHelloLook, parseClientHello } from './hello-parser.ts';

const named = (serverName: string | undefined): ClientHelloLook => ({ kind: 'hello', serverName });
const kindOf = (bytes: Buffer): string => parseClientHello(bytes).kind;

/** The first flight of Node's own client. */
function realHello(servername: string | undefined): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({ read() {}, write: (bytes: Buffer) => resolve(bytes) });
    connect({ socket: wire, ...(servername === undefined ? {} : { servername }) }).on('error', () => {});
  });
}

describe('parseClientHello', () => {
  it("reads what Node's client sends, with and without a name", async () => {
    assert.deepEqual(parseClientHello(await realHello('A.Example.com')), named('a.example.com'));
    assert.deepEqual(parseClientHello(await realHello(undefined)), named(undefined));
  });

  it('wants more until the last byte', async () => {
    const hello = await realHello('a.test');
    for (let end = 0; end < hello.length; end += 1)
      assert.equal(kindOf(hello.subarray(0, end)), 'more', `${end} bytes`);
  });

  it('puts together what is spread over records', () => {
    const message = helloOf([nameExtension('split.test'), extension(21, Buffer.alloc(100))]);
    for (const size of [4, 5, 16, 100, message.length]) {
      const bytes = inRecords(message, size);
      assert.deepEqual(parseClientHello(bytes), named('split.test'), `records of ${size} bytes`);
      for (let end = 0; end < bytes.length; end += 1) assert.equal(kindOf(bytes.subarray(0, end)), 'more');
    }
  });

  it("puts Node's together, too, and does not look at what follows", async () => {
    const hello = await realHello('a.test');
    for (const size of [7, 100]) {
      const bytes = inRecords(hello.subarray(5), size);
      for (let end = 0; end < bytes.length; end += 1) assert.equal(kindOf(bytes.subarray(0, end)), 'more');
      assert.deepEqual(parseClientHello(bytes), named('a.test'), `records of ${size} bytes`);
    }
    assert.deepEqual(parseClientHello(Buffer.concat([hello, Buffer.from('more')])), named('a.test'));
  });

  it('takes one without extensions', () => {
    assert.deepEqual(parseClientHello(inRecords(helloOf(undefined))), named(undefined));
    assert.deepEqual(parseClientHello(inRecords(helloOf([]))), named(undefined));
  });

  it('drops the dot at the end of a name', () => {
    assert.deepEqual(parseClientHello(inRecords(helloOf([nameExtension('a.test.')]))), named('a.test'));
  });

  it('knows other protocols', () => {
    for (const text of [
      'GET / HTTP/1.1\r\n',
      'SSH-2.0',
      '\x15\x03\x01',
      '\x16\x02',
      '\x16\x03\x05',
      '\x80\x2e\x01\x03\x01',
    ]) {
      assert.equal(kindOf(Buffer.from(text, 'latin1')), 'foreign', JSON.stringify(text));
    }
    assert.equal(kindOf(inRecords(Buffer.from([2, 0, 0, 1, 0]))), 'foreign');
  });

  it('refuses lengths that do not fit', () => {
    const message = helloOf([nameExtension('a.test')]);
    assert.equal(kindOf(inRecords(Buffer.concat([message, Buffer.from([0])]))), 'fault');
    // Whichever byte of a length is changed, something no longer fits.
    for (const at of [38, 39, 40, 43, 45, 46, 49, 50, 51, 52, 53, 54, 55]) {
      const wrong = Buffer.from(message);
      wrong[at] = wrong[at]! ^ 0x21;
      assert.equal(
        kindOf(inRecords(wrong)),
        'fault',
        `byte ${at}: ${JSON.stringify(parseClientHello(inRecords(wrong)))}`,
      );
    }
  });

  it('refuses names that are none, and more than one', () => {
    for (const name of ['', '.', '.a', 'a b', 'a\0b', 'a/b', 'ä', 'x'.repeat(256)]) {
      assert.equal(kindOf(inRecords(helloOf([nameExtension(name)]))), 'fault', JSON.stringify(name));
    }
    assert.equal(kindOf(inRecords(helloOf([nameExtension('a.test'), nameExtension('b.test')]))), 'fault');
    const two = Buffer.concat([nameExtension('a.test').subarray(6), nameExtension('b.test').subarray(6)]);
    const list = Buffer.alloc(2);
    list.writeUInt16BE(two.length);
    assert.equal(kindOf(inRecords(helloOf([extension(0, Buffer.concat([list, two]))]))), 'fault');
  });

  it('refuses empty records, too many records and too many bytes', () => {
    const message = helloOf([nameExtension('a-longer-name.test')]);
    assert.equal(kindOf(Buffer.from([22, 3, 1, 0, 0])), 'fault');
    assert.equal(kindOf(inRecords(message, 1)), 'fault');
    assert.equal(kindOf(inRecords(helloOf([extension(21, Buffer.alloc(17_000))]))), 'fault');
    assert.equal(kindOf(Buffer.from([22, 3, 1, 0x40, 1])), 'fault');
    assert.equal(kindOf(Buffer.from([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff])), 'fault');
  });

  it('refuses records of another kind in between', () => {
    const message = helloOf([nameExtension('a.test')]);
    const bytes = Buffer.concat([inRecords(message.subarray(0, 20)), Buffer.from([21, 3, 1, 0, 2, 1, 0])]);
    assert.equal(kindOf(bytes), 'fault');
  });

  it('takes any bytes, and a hello with any byte changed', async () => {
    const hello = await realHello('a.test');
    const kinds = ['more', 'foreign', 'fault', 'hello'];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => assert.ok(kinds.includes(kindOf(Buffer.from(bytes))))),
    );
    fc.assert(
      fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(hello);
        changed[at] = byte;
        assert.ok(kinds.includes(kindOf(changed)));
      }),
    );
  });
});
