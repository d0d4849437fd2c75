import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeadAccumulator } from './head-accumulator.ts';

describe('HeadAccumulator', () => {
  it('says that a head is there with its last byte, not before', () => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const subject = new HeadAccumulator(1000);
    for (const [at, byte] of Buffer.from(text).entries()) {
      assert.ok(subject.append(Buffer.from([byte]), 0, 1));
      assert.equal(subject.mayBeComplete(), at === text.length - 1, `after ${at + 1} bytes`);
    }
    assert.equal(subject.bytes.toString('latin1', 0, subject.length), text);
  });

  it('gives bytes that no strict parser takes to the parser too', () => {
    for (const text of ['GET / HTTP/1.1\nHost: a\n\n', 'A\r\n\n']) {
      const subject = new HeadAccumulator(1000);
      assert.ok(subject.append(Buffer.from(text), 0, text.length));
      assert.ok(subject.mayBeComplete(), JSON.stringify(text));
    }
  });

  it('takes so many bytes and no more', () => {
    const subject = new HeadAccumulator(10);
    assert.ok(subject.append(Buffer.from('xx12345678yy'), 2, 10));
    assert.ok(!subject.append(Buffer.from('abcd'), 0, 4));
    assert.equal(subject.bytes.toString('latin1', 0, subject.length), '12345678ab');
  });

  it('keeps what it holds while it grows', () => {
    const subject = new HeadAccumulator(100_000);
    const piece = Buffer.from('0123456789');
    for (let at = 0; at < 5000; at += 1) assert.ok(subject.append(piece, 0, 10));
    assert.equal(subject.bytes.toString('latin1', 0, subject.length), '0123456789'.repeat(5000));
  });

  it('looks at every byte once', () => {
    const subject = new HeadAccumulator(1_000_000);
    let reads = 0;
    const line = Buffer.from('A: b\r\n');
    for (let at = 0; at < 2000; at += 1) {
      subject.append(line, 0, line.length);
      const { bytes } = subject;
      subject.bytes = new Proxy(bytes, {
        get(target, key) {
          if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      subject.mayBeComplete();
      subject.bytes = bytes;
    }
    // One look at each byte, and at those around each LF.
    assert.ok(reads < 2000 * line.length * 2, `${reads} reads`);
  });
});
