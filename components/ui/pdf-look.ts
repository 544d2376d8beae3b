import { join } from 'node:path';
import { Font } from '@react-pdf/renderer';

const FONTS = join(process.cwd(), 'node_modules/geist/dist/fonts');

/** Makes the product's typefaces known to the setter of PDFs; again does no harm. */
export function registerFonts(): void {
  Font.register({
    family: 'Geist',
    fonts: [
      { src: join(FONTS, 'geist-sans/Geist-Regular.ttf') },
      { src: join(FONTS, 'geist-sans/Geist-SemiBold.ttf'), fontWeight: 600 },
    ],
  });
  Font.register({ family: 'Geist Mono', src: join(FONTS, 'geist-mono/GeistMono-Regular.ttf') });
  // A clause's name or a word broken with a hyphen would read as another one.
  Font.registerHyphenationCallback((word) => [word]);
}

/** Nor may a line end where the type changes. */
export const NO_HYPHEN = 1e9;

export const INK = '#17181c';
export const INK_2 = '#565860';
export const LINE = '#e4e3dd';

/** A sheet of A4. No line height here: the library reckons it from the font size beside it, and page numbers would vanish with it. */
export const PAGE = {
  fontFamily: 'Geist',
  fontSize: 9,
  color: INK,
  paddingTop: 36,
  paddingHorizontal: 44,
  paddingBottom: 54,
} as const;

/** What stands at the foot of every page. */
export const FOOT = {
  position: 'absolute',
  left: 44,
  right: 44,
  bottom: 24,
  flexDirection: 'row',
  justifyContent: 'space-between',
  borderTopWidth: 0.5,
  borderTopColor: LINE,
  paddingTop: 4,
  fontSize: 7,
  color: INK_2,
} as const;
