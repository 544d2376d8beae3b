import { readFile } from 'node:fs/promises';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { plain } from '@/lib/contract/describe';
import { parseContract } from '@/lib/contract/parse';
import { readSheet } from '@/lib/contract/read-sheet';
import { contractSchema } from '@/lib/contract/schema';
import { digestOf } from '@/lib/evidence/digest';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import { aContract } from '@/lib/services/testing/a-contract';
import { renderContractPdf } from './contract-pdf';

function detailOf(input: unknown): ContractDetail {
  const contract = contractSchema.parse(input);
  return {
    agent: { name: contract.identity.agent, displayName: contract.identity.name, stage: 'build' },
    inherited: false,
    version: {
      id: digestOf(contract),
      number: 3,
      digest: digestOf(contract),
      label: contract.versioning.contract,
      code: contract.versioning.code,
      createdAt: '2026-02-03T10:00:00.000Z',
      createdBy: null,
      inForce: true,
      lastReviewed: contract.versioning.lastReviewed,
      reviewDue: '2026-04-15',
      runs: 0,
    },
    versions: [],
    contract,
    source: '',
    sourceFormat: 'yaml',
    people: { 'operator@example.com': 'Dana Whitfield' },
    broken: [],
    extending: null,
    behind: null,
    mayImport: true,
    mayPutInForce: true,
  };
}

/** Text of each page with spaces made even: a line may break anywhere. */
async function read(detail: ContractDetail): Promise<{ pages: string[]; title: unknown; language: unknown }> {
  const document = await getDocumentProxy(new Uint8Array(await renderContractPdf(detail)));
  const { text } = await extractText(document, { mergePages: false });
  const meta = await getMeta(document);
  return {
    pages: text.map((page) => page.replaceAll('\u200b', '').replace(/\s+/g, ' ')),
    title: meta.info.Title,
    language: meta.info.Language,
  };
}
const even = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('a contract as PDF', () => {
  it('carries its summary as text that can be searched, and the whole digest on every page', async () => {
    const detail = detailOf(aContract());
    const { pages, title } = await read(detail);
    expect(title).toBe('Refund desk, contract v1.0');
    for (const part of readSheet(detail.contract).parts)
      for (const sentence of part.sentences)
        if (!plain(sentence).includes('@')) expect(pages[0]).toContain(even(plain(sentence)));
    expect(pages[0]).toContain('The page goes to Dana Whitfield');
    pages.forEach((page, index) => {
      expect(page).toContain(detail.version.digest);
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
    });
    expect(pages.join(' ')).toContain('authority/large-refunds');
    expect(pages.join(' ')).toContain('A run is medium from 10, high from 30, critical from 60.');
  });

  it('of the worked example is understood, and signed, on its first page', async () => {
    const example = await readFile(
      new URL('../../../scripts/demo/contracts/claims-processor-1.3.yaml', import.meta.url),
      'utf8',
    );
    const parsed = parseContract(example.replace(/\$\{\d+ days ago\}/g, '2026-06-01'), 'yaml');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const { pages } = await read(detailOf(parsed.document));
    expect(pages[0]).toContain('Operator: name, signature, date');
    expect(pages[1]).toMatch(/^Every clause/);
  });

  it('tells what is to be understood on one page, however many tools there are', async () => {
    const tools = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `system-${index % 9}.tool_${index}`,
        { action: 'read' as const },
      ]),
    );
    const { pages } = await read(
      detailOf({ ...aContract({ authority: { rules: [] }, evidence: [] }), tools, failure: {} }),
    );
    expect(pages[1]).toContain('Every clause');
    expect(pages.join(' ')).toContain('tools/system-1.tool_199');
  });

  it('bears names in other scripts, emoji and very long words', async () => {
    const name = `Rückerstattung 支払い دعم 🙂 ${'x'.repeat(150)}`;
    const { pages, title } = await read(detailOf(aContract({ identity: { name } })));
    expect(pages.length).toBeGreaterThan(1);
    expect(title).toContain(name);
  });
});
