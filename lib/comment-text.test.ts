import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mentionedIn, splitComment } from './comment-text';

const NAMES = ['Miriam Osei', 'Miriam', 'Rasmus Lindqvist', 'Ana O’Neil', '李 雷'];

describe('the text of a comment', () => {
  it('is whole again when its pieces are put together, whatever was written', () => {
    const words = fc.constantFrom(
      '@',
      '@Miriam',
      'https://a.example/x(1)',
      ' ',
      '\n',
      '@Miriam Osei',
      'é',
      '.',
    );
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(words).map((each) => each.join('')),
    );
    fc.assert(
      fc.property(text, (body) => {
        expect(
          splitComment(body, NAMES)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(body);
      }),
    );
  });

  it('names people by the longest name that fits, in any case, and not inside a word or an address', () => {
    const mentions = (body: string) =>
      mentionedIn(
        body,
        NAMES.map((name) => ({ name })),
      ).map(({ name }) => name);
    expect(mentions('@Miriam Osei, is 2 dollars right?')).toEqual(['Miriam Osei']);
    expect(mentions('(@miriam) and @李 雷')).toEqual(['Miriam', '李 雷']);
    expect(mentions('@Ana O’Neil')).toEqual(['Ana O’Neil']);
    expect(mentions('write to x@Miriam or @Miriams')).toEqual([]);
  });

  it('links web addresses without the stop after them, and no other scheme', () => {
    const links = (body: string) =>
      splitComment(body, []).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []));
    expect(links('See https://a.example/x, (https://b.example/y) and https://c.example/(z).')).toEqual([
      'https://a.example/x',
      'https://b.example/y',
      'https://c.example/(z)',
    ]);
    expect(links('javascript:alert(1) data:text/html,x https://')).toEqual([]);
  });
});
