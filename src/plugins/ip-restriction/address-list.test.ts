import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAddressList } from './address-list.ts';

test('addresses are held as themselves', () => {
  const list = createAddressList(['10.0.0.1', '2001:db8::1']);
  for (const address of ['10.0.0.1', '2001:db8::1', '2001:0db8:0::0001']) assert.ok(list.has(address), address);
  for (const address of ['10.0.0.2', '2001:db8::2', '::ffff:10.0.0.1']) assert.ok(!list.has(address), address);
});

test('ranges are held from end to end, whatever stands behind their prefix', () => {
  const list = createAddressList(['10.1.2.3/8', '192.168.4.0/22', '2001:db8:1::/48', '172.16.0.1/32']);
  for (const address of ['10.0.0.0', '10.255.255.255', '192.168.7.255', '2001:db8:1:ffff::1', '172.16.0.1']) {
    assert.ok(list.has(address), address);
  }
  for (const address of ['9.255.255.255', '11.0.0.0', '192.168.8.0', '2001:db8:2::', '172.16.0.2']) {
    assert.ok(!list.has(address), address);
  }
});

test('everything of one family is nothing of the other', () => {
  const [four, six] = [createAddressList(['0.0.0.0/0']), createAddressList(['::/0'])];
  assert.deepEqual(
    ['1.2.3.4', '::1'].map((address) => four.has(address)),
    [true, false],
  );
  assert.deepEqual(
    ['1.2.3.4', '::1'].map((address) => six.has(address)),
    [false, true],
  );
  assert.equal(createAddressList([]).has('1.2.3.4'), false);
});

test('ranges are what arithmetic says', () => {
  const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, prefix) => {
      const size = 2 ** (32 - prefix);
      const isWithin = Math.floor(numberOf(base) / size) === Math.floor(numberOf(address) / size);
      assert.equal(createAddressList([`${base}/${prefix}`]).has(address), isWithin);
    }),
  );
});
