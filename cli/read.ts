import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseContract, type SourceFormat } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import type { Issue } from '@/lib/errors';
import { EXIT, Failure } from './outcome';

export interface ContractFile {
  path: string;
  source: string;
  format: SourceFormat;
}

/** A file as text, `-` for what is piped in. Throws a Failure for what cannot be read or is not UTF-8. */
export async function readText(path: string): Promise<string> {
  try {
    const bytes = path === '-' ? await piped() : await readFile(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const why =
      error instanceof TypeError
        ? 'it is not text in UTF-8'
        : error instanceof Error && 'code' in error && error.code === 'ENOENT'
          ? 'there is no such file'
          : error instanceof Error
            ? error.message
            : String(error);
    throw new Failure(EXIT.usage, `${path} cannot be read: ${why}.`);
  }
}

async function piped(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function readContractFile(path: string): Promise<ContractFile> {
  const source = await readText(path);
  return { path, source, format: extname(path).toLowerCase() === '.json' ? 'json' : 'yaml' };
}

/** The contract of a file, or a Failure with each fault. `defaults` completes one that extends the workspace defaults. */
export async function parsedFile(path: string, defaults?: Contract): Promise<Contract> {
  const file = await readContractFile(path);
  const parsed = parseContract(file.source, file.format, defaults);
  if (parsed.ok) return parsed.contract;
  throw new Failure(EXIT.found, `${path} is no whole contract.`, issueLines(path, parsed.issues), {
    file: path,
    issues: parsed.issues,
  });
}

/** `contract.yaml:12:5  This is text. Expected: a number. (cost/perRun)`, as editors and CI make links of it. */
export function issueLines(path: string, issues: readonly Issue[]): string[] {
  return issues.map(({ line, column, message, expected, path: clause }) => {
    const place = line === undefined ? path : `${path}:${line}:${column ?? 1}`;
    return `${place}  ${message}${expected === undefined ? '' : ` Expected: ${expected}.`}${clause === '' ? '' : ` (${clause})`}`;
  });
}
