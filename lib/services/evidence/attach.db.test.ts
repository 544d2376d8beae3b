import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { MOST_FILE_BYTES } from '@/lib/evidence/file-kinds';
import { bytesOf } from '@/lib/read-bytes';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '../testing/given';
import { attachFile, attachLink, attachNote } from './attach';
import { checkFile } from './check-file';
import { getEvidence } from './get-evidence';
import { getFile } from './get-file';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let grc: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace);
  grc = await givenPerson(workspace, ['grc']);
});

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const attach = (name: string, bytes: Uint8Array) => attachFile(grc, { agent: agent.name }, { name, bytes });
async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It was taken.');
}

describe('attaching a file', () => {
  it('keeps it by its digest under a safe name, and gives the same bytes back', async () => {
    const { id, digest, name } = await attach('../../Prüf\u202ebericht.pdf', PDF);
    expect(name).toBe('Prüfbericht.pdf');
    expect(await getFile(grc, id)).toEqual({
      name,
      mediaType: 'application/pdf',
      digest,
      bytes: new Uint8Array(PDF),
    });
    expect(await getEvidence(grc, id)).toMatchObject({
      kind: 'attachment',
      outcome: 'given',
      origin: 'attached',
      file: { name, mediaType: 'application/pdf', size: PDF.byteLength },
      version: null,
    });
  });

  it('stores the same bytes once, whatever they are called', async () => {
    const first = await attach('a.png', PNG);
    const second = await attach('b.png', PNG);
    expect(second.digest).toBe(first.digest);
    expect(second.id).not.toBe(first.id);
    const { rowCount } = await db().query('SELECT 1 FROM evidence_file WHERE digest = $1', [first.digest]);
    expect(rowCount).toBe(1);
  });

  it.each([
    ['notes.txt', 'Plain – text\n', 'text/plain'],
    ['figures.csv', 'a;b\n1;2\n', 'text/csv'],
    ['facts.json', '{"a": 1}', 'application/json'],
    ['readme.md', '# Title', 'text/markdown'],
    ['notes', 'no ending', 'text/plain'],
  ])('takes %s', async (name, text, mediaType) => {
    expect((await checkFile(name, Buffer.from(text))).mediaType).toBe(mediaType);
  });

  it.each([
    ['a PNG that says PDF', 'report.pdf', PNG, 'its content is a PNG image'],
    ['text that says PDF', 'report.pdf', Buffer.from('hello'), 'its content is plain text'],
    [
      'a program',
      'tool.exe',
      Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]),
      'is application/x-msdownload',
    ],
    [
      'a page',
      'page.html',
      Buffer.from('<!doctype html><script>alert(1)</script>'),
      'A text may end in .txt',
    ],
    [
      'a drawing that runs scripts',
      'drawing.svg',
      Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
      'not taken',
    ],
    ['bytes that are nothing', 'notes.txt', Buffer.from([0, 1, 2, 0xff, 0xfe]), 'is not what it says'],
    ['JSON that is none', 'facts.json', Buffer.from('{"a":'), 'its content is not JSON'],
    ['a PDF without its bytes', 'report.pdf', Buffer.alloc(0), 'is empty'],
  ])('refuses %s, saying what it is', async (_, name, bytes, words) => {
    const error = await refusal(attach(name, bytes));
    expect(error.message).toContain(words);
    expect(['unsupported_media', 'invalid']).toContain(error.code);
  });

  it('refuses what is larger than its limit', async () => {
    const error = await refusal(attach('big.txt', Buffer.alloc(MOST_FILE_BYTES + 1, 0x61)));
    expect(error.code).toBe('too_large');
  });

  it('finds bytes that were changed in the database', async () => {
    const { id, digest } = await attach('contract.txt', Buffer.from('I agree to nothing.'));
    await db().query('UPDATE evidence_file SET bytes = $2 WHERE digest = $1', [
      digest,
      Buffer.from('I agree.'),
    ]);
    expect((await refusal(getFile(grc, id))).message).toContain('changed them in the database');
  });

  it('is refused to auditors, to other workspaces, and for agents and versions that are not there', async () => {
    const auditor = await givenPerson(workspace, ['auditor']);
    const bytes = Buffer.from('x');
    expect((await refusal(attachFile(auditor, { agent: agent.name }, { name: 'x.txt', bytes }))).code).toBe(
      'forbidden',
    );
    const stranger = await givenPerson(await givenWorkspace(), ['grc']);
    expect((await refusal(attachFile(stranger, { agent: agent.name }, { name: 'x.txt', bytes }))).code).toBe(
      'not_found',
    );
    const { id } = await attach('x.txt', bytes);
    expect((await refusal(getFile(stranger, id))).code).toBe('not_found');
    expect(
      (await refusal(attachFile(grc, { agent: agent.name, version: 7 }, { name: 'x.txt', bytes }))).message,
    ).toContain('no version 7');
  });
});

describe('reading an upload', () => {
  const request = (body: BodyInit, length?: number) => {
    const streamed = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: length === undefined ? [] : [['content-length', String(length)] satisfies [string, string]],
    };
    return new Request('http://countersign.test/', streamed);
  };

  it('stops at the limit without reading on, whatever length was said', async () => {
    let pulled = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1000));
        },
      });
    expect((await refusal(bytesOf(request(endless(), 10), 10_000, 'Too much.'))).message).toBe('Too much.');
    expect(pulled).toBeLessThan(15);
    pulled = 0;
    await refusal(bytesOf(request(endless(), 1e9), 10_000, 'Too much.'));
    expect(pulled).toBeLessThan(3);
  });

  it('says so when it breaks off', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('socket hang up'));
      },
    });
    expect((await refusal(bytesOf(request(broken), 10, ''))).message).toContain('broke off');
  });
});

describe('attaching a link or a note', () => {
  it('keeps https links with their host, and notes whole', async () => {
    const link = await attachLink(
      grc,
      { agent: agent.name, version: 1 },
      { url: ' https://wiki.example.com/a?b#c ' },
    );
    expect(await getEvidence(grc, link.id)).toMatchObject({
      title: 'wiki.example.com',
      url: 'https://wiki.example.com/a?b#c',
      version: { number: 1 },
    });
    const note = await attachNote(grc, { agent: agent.name }, { title: 'Call', note: 'x'.repeat(5000) });
    const stored = await getEvidence(grc, note.id);
    expect(stored.detail).toEqual({ note: 'x'.repeat(5000) });
    expect(stored.summary).toHaveLength(300);
  });

  it.each([
    ['javascript:alert(1)'],
    ['http://example.com'],
    ['data:text/html,x'],
    ['https://user:secret@example.com'],
    ['nonsense'],
    [''],
    [`https://example.com/${'x'.repeat(3000)}`],
  ])('refuses %s as a link', async (url) => {
    expect((await refusal(attachLink(grc, { agent: agent.name }, { url }))).code).toBe('invalid');
  });

  it('refuses an empty note', async () => {
    expect((await refusal(attachNote(grc, { agent: agent.name }, { note: '  ' }))).code).toBe('invalid');
  });
});
