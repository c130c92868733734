import { describe, expect, it } from '@jest/globals';
import { Address, Phone } from './contact.ts';
import { WantedItems } from './quote.ts';

const id = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const other = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a59';
const item = (change: object = {}) => ({ productId: id, quantity: 1, ...change });
const address = { line1: '1 Main St', city: 'London', postalCode: 'N1', country: 'GB' };

describe('WantedItems', () => {
  it.each([
    ['one', [item()]],
    ['1000 of one', [item({ quantity: 1000 })]],
    ['two different', [item(), item({ productId: other })]],
    ['fifty different', [...Array(50)].map((_, at) => item({ productId: id.slice(0, -2) + String(at + 10) }))],
  ])('accepts %s', (_case, items) => expect(WantedItems.safeParse(items).success).toBe(true));

  it.each([
    ['none', []],
    ['fifty-one', [...Array(51)].map((_, at) => item({ productId: id.slice(0, -2) + String(at + 10) }))],
    ['one product twice', [item(), item()]],
    ['one product twice in other letters', [item(), item({ productId: id.toUpperCase() })]],
    ['none of a product', [item({ quantity: 0 })]],
    ['less than none', [item({ quantity: -1 })]],
    ['a part of one', [item({ quantity: 0.5 })]],
    ['1001 of one', [item({ quantity: 1001 })]],
    ['a quantity as text', [item({ quantity: '1' })]],
    ['a product that is no UUID', [item({ productId: '7' })]],
    ['a price of its own', [item({ unitPrice: 1 })]],
    ['an object', { 0: item() }],
  ])('refuses %s', (_case, items) => expect(WantedItems.safeParse(items).success).toBe(false));
});

describe('Phone', () => {
  it.each(['+4930123456', '+14155552671', '+1234567', '+123456789012345'])('accepts %s', (phone) =>
    expect(Phone.safeParse(phone).success).toBe(true),
  );

  it.each([
    '',
    '4930123456',
    '+0930123456',
    '+49 30 123456',
    '+123456',
    '+1234567890123456',
    '+49301234a',
    '+4930123456\n',
  ])('refuses %j', (phone) => expect(Phone.safeParse(phone).success).toBe(false));
});

describe('Address', () => {
  it('is trimmed', () => {
    expect(Address.parse({ ...address, line1: '  1 Main St ' })).toEqual(address);
  });

  it.each([
    ['without a city', { city: undefined }],
    ['with a city of spaces', { city: '   ' }],
    ['with a line break in a line', { line1: '1 Main St\nSecond' }],
    ['with NUL in a line', { line1: 'a\0b' }],
    ['with half a surrogate pair', { line1: 'a\ud800' }],
    ['with a line of 201 characters', { line1: 'x'.repeat(201) }],
    ['with an empty second line', { line2: '' }],
    ['with a country in small letters', { country: 'gb' }],
    ['with a country in full', { country: 'GBR' }],
    ['with a member that is not known', { role: 'admin' }],
  ])('is refused %s', (_case, change) => expect(Address.safeParse({ ...address, ...change }).success).toBe(false));
});
