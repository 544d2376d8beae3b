import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safePath } from './safe-path';

test('after signing in one goes on where one was', () => {
  expect(safePath('/incidents/7?tab=spans#top')).toBe('/incidents/7?tab=spans#top');
});

test.each([
  undefined,
  ['/a', '/b'],
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  '/sign-in?next=/',
  '/api/auth/signout',
])('a link that leads elsewhere (%j) leads to the overview', (next) => {
  expect(safePath(next)).toBe('/');
});

test('whatever a link says, one stays on this site', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', '/', '//', '/\\', 'http:'), (text, start) => {
      const path = safePath(start + text);
      expect(new URL(path, 'https://ours.example').origin).toBe('https://ours.example');
    }),
  );
});
