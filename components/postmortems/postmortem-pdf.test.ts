import { expect, test } from 'vitest';
import { SECTION_TITLES, SECTIONS } from '@/lib/response/postmortem';
import type { PostmortemDetail } from '@/lib/services/postmortems/get-postmortem';
import { renderPostmortemPdf } from './postmortem-pdf';

const detail = (moments: number): PostmortemDetail => ({
  number: 7,
  incident: { title: 'documents.ocr touched bank-account', severity: 'critical', state: 'resolved' },
  agent: { name: 'claims-processor', displayName: 'Claims processor' },
  document: {
    title: 'Postmortem of INC-7: documents.ocr touched bank-account',
    sections: SECTIONS.map((id) => ({
      id,
      title: SECTION_TITLES[id],
      statements: Array.from({ length: moments }, (_, index) => ({
        text: `Line ${index} ${'ä“<&'.repeat(20)}`,
        entries: [index + 1],
        at: '2026-11-21T02:04:11.208Z',
      })),
      excerpt: 'tools/documents.ocr/categories:\n  - personal',
    })),
  },
  annotations: {
    notes: [
      {
        id: 'n',
        section: 'impact',
        by: { name: 'Dana Whitfield', gone: false },
        body: 'Nobody was paid.',
        mentions: [],
        at: '2026-11-21T02:10:00.000Z',
      },
    ],
    people: [],
    mayWrite: false,
  },
  zone: 'Europe/Berlin',
  at: '2026-11-21T03:00:00.000Z',
});

const pagesOf = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

test('a postmortem is a PDF of as many pages as it needs', async () => {
  const short = await renderPostmortemPdf(detail(1));
  expect(short.subarray(0, 5).toString()).toBe('%PDF-');
  const long = await renderPostmortemPdf(detail(9));
  expect(pagesOf(long)).toBeGreaterThan(pagesOf(short));
}, 30_000);
