import { type Change, diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { AppError, type Issue } from '@/lib/errors';
import { parseText } from '@/lib/services/contracts/parse-text';
import type { Queries } from '@/lib/services/gates/rows';

/** What an amendment says by now and what it changes; while it is drafted, what its text says. */
export interface AmendedText {
  base: Contract;
  /** Null while the draft is no contract yet. */
  contract: Contract | null;
  source: string;
  /** Of the draft; null once it is a version. */
  revision: number | null;
  changes: Change[];
  /** What keeps the draft from being a contract. */
  faults: Issue[];
}

/** Reads both sides and compares them. */
export async function amendedText(
  client: Queries,
  workspaceId: string,
  amendment: { baseId: string; draftId: string | null; versionId: string | null },
): Promise<AmendedText> {
  const base = await documentOf(client, amendment.baseId);
  if (amendment.versionId !== null) {
    const { rows } = await client.query<{ document: unknown; source: string }>(
      'SELECT document, source FROM contract_version WHERE id = $1',
      [amendment.versionId],
    );
    const row = rows[0];
    const contract = readStored(row?.document);
    return {
      base,
      contract,
      source: row?.source ?? '',
      revision: null,
      changes: diffContracts(base, contract),
      faults: [],
    };
  }
  const { rows } = await client.query<{ source: string; revision: number }>(
    'SELECT source, revision FROM contract_draft WHERE id = $1',
    [amendment.draftId],
  );
  const draft = rows[0];
  if (draft === undefined)
    return { base, contract: null, source: '', revision: null, changes: [], faults: [] };
  const { parsed } = await parseText(client, workspaceId, { source: draft.source, format: 'yaml' });
  return {
    base,
    contract: parsed.ok ? parsed.contract : null,
    source: draft.source,
    revision: draft.revision,
    changes: parsed.ok ? diffContracts(base, parsed.contract) : [],
    faults: parsed.ok ? [] : parsed.issues,
  };
}

export async function documentOf(client: Queries, versionId: string): Promise<Contract> {
  const { rows } = await client.query<{ document: unknown }>(
    'SELECT document FROM contract_version WHERE id = $1',
    [versionId],
  );
  if (rows[0] === undefined) throw new AppError('not_found', 'There is no such version any more.');
  return readStored(rows[0].document);
}
