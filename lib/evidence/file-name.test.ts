import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispositionOf, endingOf, safeFileName } from './file-name';

describe('the name of a file that somebody sent', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\Report 2026.pdf', 'Report 2026.pdf'],
    ['report\u202efdp.exe', 'reportfdp.exe'],
    ['a\r\nSet-Cookie: x=1.pdf', 'a Set-Cookie_ x=1.pdf'],
    ['.htaccess', 'htaccess'],
    ['nul.txt', '_nul.txt'],
    ['..', 'file'],
    ['', 'file'],
    ['Prüfbericht – Q3.pdf', 'Prüfbericht – Q3.pdf'],
  ])('%j is kept as %j', (given, kept) => {
    expect(safeFileName(given)).toBe(kept);
  });

  it('keeps the ending of a long name', () => {
    const name = safeFileName(`${'x'.repeat(190)}.pdf`);
    expect(name).toHaveLength(120);
    expect(endingOf(name)).toBe('pdf');
  });

  it('never holds a path, a control or a direction character, whatever was sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const name = safeFileName(given);
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(120);
        expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\u202a-\u202e\u2066-\u2069]|^\.|\.$/u);
        expect(name.isWellFormed()).toBe(true);
        expect(safeFileName(name)).toBe(name);
        expect(dispositionOf(name)).toMatch(
          /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w.~%-]+$/,
        );
      }),
      { numRuns: 300 },
    );
  });
});
