import { expect, test } from 'vitest';
import { passwordFault } from './password';

const ABOUT = ['Bo Lind', 'bo@northwind.example', 'Northwind Freight'];

test('a password of nothing but one’s name, address or workspace is refused', () => {
  for (const password of [
    'bo@northwind.example',
    'northwindfreight',
    'Northwind Freight 1',
    'LindNorthwind24',
  ])
    expect(passwordFault(password, ABOUT), password).toMatch(/something other/);
});

test('words that are one’s own do no harm among enough others', () => {
  for (const password of ['northwind quiet harbour', 'four plain words here', '            five12 '])
    expect(passwordFault(password, ABOUT), password).toBeNull();
});
