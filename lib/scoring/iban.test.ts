import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findsIban } from './iban';

/** Examples as the registry and banks publish them: one for each country it lists. */
const PUBLISHED = `
AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678
BH67BMAG00001299123456 BR9700360305000010009795493P1 BY13NBRB3600900000002Z00AB00 CH9300762011623852957
CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000
DK5000400440116243 DO28BAGR00000001212453611324 EE382200221020145685 EG380019000500000000263180002
ES9121000418450200051332 FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606
GB29NWBK60161331926819 GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206
GR1601101250000000012300695 GT82TRAJ01020000001210029690 HR1210010051863000160 HU42117730161111101800000000
IE29AIBK93115212345678 IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339
IT60X0542811101000000123456 JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101 KZ86125KZT5004100100
LB62099900000001001901229114 LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000
LU280019400644750000 LV80BANK0000435195001 LY83002048000020100120361 MC5811222000010123456789030
MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984 MR1300020001010000123456753
MT84MALT011000012345MTLCAST001S MU17BOMM0101101030300200000MUR NL91ABNA0417164300 NO9386011117947
PK36SCBL0000001123456702 PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154
QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379 SA0380000000608010167519
SC18SSCB11010000000000001497USD SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541
SM86U0322509800000000270100 ST23000100010051845310146 SV62CENR00000000000000700025 TL380080012345678910157
TN5910006035183598478831 TR330006100519786457841326 UA213223130000026007233566001 VA59001123000012345678
VG96VPVG0000012345678901 XK051212012345678906
BI4210000100010000332045181 DJ2100010000000154000100186 FK88SC123456789012 MN121234123456789123
NI45BAPR00000013000003558124 OM810180000001299123456 RU0304452522540817810538091310419 SO211000001001000100141
SD8811123456789012 YE15CBYE0001018861234567891234
`
  .trim()
  .split(/\s+/);

const grouped = (iban: string, separator = ' ') => iban.replace(/(.{4})(?=.)/g, `$1${separator}`);

describe('an IBAN', { timeout: 60_000 }, () => {
  it('is found for every country of the registry, as its published example', () => {
    for (const iban of PUBLISHED) expect(findsIban(iban), iban).toBe(true);
  });

  it('is found in groups of four, with spaces or hyphens, in capitals or not', () => {
    for (const iban of PUBLISHED) {
      expect(findsIban(grouped(iban)), iban).toBe(true);
      expect(findsIban(grouped(iban, '-')), iban).toBe(true);
      expect(findsIban(grouped(iban, '\u00a0')), iban).toBe(true);
      expect(findsIban(iban.toLowerCase()), iban).toBe(true);
    }
  });

  it('is found in the middle of a text, and as banks of a country group it', () => {
    expect(findsIban('Please pay to DE89 3704 0044 0532 0130 00 (Jane Doe) by Friday.')).toBe(true);
    expect(findsIban('{"iban":"NL91ABNA0417164300"}')).toBe(true);
    expect(findsIban('IBAN:GB29NWBK60161331926819,BIC:NWBKGB2L')).toBe(true);
    expect(findsIban('NL91 ABNA 04 17 16 43 00')).toBe(true);
    expect(findsIban('DE89 37040044 0532013000')).toBe(true);
  });

  it('is not found when one character is wrong', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PUBLISHED),
        fc.nat(33),
        fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
        (iban, position, other) => {
          const place = position % iban.length;
          fc.pre(iban[place] !== other);
          const wrong = iban.slice(0, place) + other + iban.slice(place + 1);
          // A letter in place of a digit can keep the remainder; a digit in place of a digit never does.
          fc.pre(/\d/.test(other) && /\d/.test(iban[place] ?? ''));
          expect(findsIban(wrong)).toBe(false);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is not found when two neighbouring digits are swapped', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PUBLISHED), fc.nat(30), (iban, position) => {
        const place = 2 + (position % (iban.length - 3));
        const [left, right] = [iban[place] ?? '', iban[place + 1] ?? ''];
        fc.pre(left !== right && /\d/.test(left) && /\d/.test(right));
        expect(findsIban(iban.slice(0, place) + right + left + iban.slice(place + 2))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not found in what only looks like one', () => {
    for (const text of [
      'DE8937040044053201300', // one digit short
      'DE893704004405320130000', // one too many
      'DE89370400440532013000EUR', // runs on
      'XDE89370400440532013000', // begins inside a word
      'order_DE89370400440532013000',
      'ZZ89370400440532013000', // no such country
      'US89370400440532013000',
      'DE00370400440532013000', // impossible check digits
      'De89370400440532013000', // neither capitals nor small
      'GB29 1234 6016 1331 9268 19', // digits where the bank's letters belong
      'DE89  3704  0044  0532  0130  00', // two spaces
      'de893704-0044-0532-0130-000000000000', // a UUID
      '0de89370400440532013000f', // hexadecimal
      'MD24 this that them then when', // words
      '',
      'DE89',
    ])
      expect(findsIban(text), text).toBe(false);
  });

  it('is hardly ever found in random identifiers', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.stringMatching(/^[0-9a-f]{32}$/),
        fc.stringMatching(/^[A-Z0-9]{22}$/),
        (...texts) => {
          for (const text of texts) if (findsIban(text)) found += 1;
        },
      ),
      { numRuns: 3000, seed: 7 },
    );
    expect(found).toBe(0);
  });
});
