import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compose } from './compose';

const url = 'https://countersign.example.com/review/1';

test('says in the subject what happened, and links to it in text and HTML', () => {
  const mail = compose({
    title: 'Tomas Brandt asks you to sign G4',
    workspace: 'Meridian Mutual',
    url,
  });
  expect(mail.subject).toBe('Tomas Brandt asks you to sign G4');
  expect(mail.text).toContain(`Open it: ${url}`);
  expect(mail.html).toContain(`href="${url}"`);
});

test('lets nothing that somebody typed become a header, markup or a second line of the subject', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<script>alert(1)</script>', '\r\nBcc: all@example.com', '\u202eevil', '"><img src=x>'),
      (text, bad) => {
        const mail = compose({
          title: text + bad + text,
          workspace: bad,
          url,
          more: {
            lead: bad,
            facts: [{ label: bad, value: text + bad }],
            list: { title: bad, lines: [bad, text] },
          },
        });
        expect(mail.subject).not.toMatch(/[\r\n\u202a-\u202e]/u);
        expect(mail.subject.length).toBeLessThanOrEqual(200);
        expect(mail.html).not.toMatch(/<script|<img/);
      },
    ),
  );
});

test('says beneath the title why the reader gets it, what they must know, and a list, in text and HTML', () => {
  const mail = compose({
    title: 'INC-7: documents.ocr touched bank-account data',
    workspace: 'Meridian Mutual',
    url,
    more: {
      lead: 'On call: Claims on call.',
      facts: [{ label: 'Run', value: 'CLM-209117, paused' }],
      list: { title: 'Changed since 1.2', lines: ['The data documents.ocr may touch: new, vehicle.'] },
    },
  });
  expect(mail.text).toContain(
    'On call: Claims on call.\n\nRun: CLM-209117, paused\n\nChanged since 1.2\n- The data documents.ocr may touch: new, vehicle.\n\nOpen it: ',
  );
  for (const word of ['On call: Claims on call.', 'CLM-209117, paused', 'Changed since 1.2', '<li>The data'])
    expect(mail.html).toContain(word);
});
