import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMultipart } from './multipart.ts';

const type = 'multipart/form-data; boundary=xyz';
const part = (head: string, content: string): string => `--xyz\r\n${head}\r\n\r\n${content}\r\n`;
const field = (name: string, content: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, content);
const read = (body: string, contentType = type): unknown => parseMultipart(Buffer.from(body), contentType);

describe('multipart bodies', () => {
  it('have fields in order, with line breaks inside', () => {
    assert.deepEqual(read(`${field('a', '1')}${field('b[]', 'x\r\ny\n')}${field('b[]', '')}--xyz--\r\n`), [
      ['a', '1'],
      ['b[]', 'x\r\ny\n'],
      ['b[]', ''],
    ]);
  });

  it('have names with or without quotes, in headers of any case, and files count as texts', () => {
    const body =
      part('CONTENT-DISPOSITION: form-data; filename="f.pem"; name=cert\r\nContent-Type: text/plain', 'ü') +
      part('Content-Type: text/plain\r\ncontent-disposition: form-data; name="a b"', '2');
    assert.deepEqual(read(`${body}--xyz--`), [
      ['cert', 'ü'],
      ['a b', '2'],
    ]);
  });

  it('may quote their boundary', () => {
    assert.deepEqual(read(`${field('a', '1')}--xyz--`, 'multipart/form-data; charset=utf-8; boundary="xyz"'), [
      ['a', '1'],
    ]);
  });

  it('leave out parts without a name', () => {
    assert.deepEqual(read(`${part('Content-Type: text/plain', 'x')}${field('a', '1')}--xyz--`), [['a', '1']]);
  });

  it('have no fields when they are broken', () => {
    for (const body of ['', 'nothing', '--xyz', '--xyz--', '--xyz\r\n', '--xyz\r\nno end of head--xyz--']) {
      assert.deepEqual(read(body), []);
    }
    assert.deepEqual(read(field('a', '1')), []);
    assert.deepEqual(read(`${field('a', '1')}--xyz--`, 'multipart/form-data'), []);
  });

  it('have at most a thousand fields', () => {
    assert.equal(read(`${field('a', '1').repeat(1001)}--xyz--`), undefined);
  });
});
