import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lint } from '@/lib/contract/lint';
import { parseContract } from '@/lib/contract/parse';

const FOLDER = join(import.meta.dirname, 'contracts');
const TODAY = '2026-11-21';
const people = new Map(
  Object.entries({
    'dana.whitfield': 'operator',
    'idris.kane': 'sre',
    'miriam.osei': 'sponsor',
    'tomas.brandt': 'engineer',
    'adaeze.nwosu': 'qa',
    'rasmus.lindqvist': 'grc',
    'helena.marsh': 'head-of-ai',
    'jonas.adeyemi': 'sponsor',
    'petra.haas': 'sponsor',
    'ines.falk': 'sme',
    'bruno.keller': 'sme',
  }).map(([name, role]) => [`${name}@meridian.example`, [role]]),
);

test.each(readdirSync(FOLDER))('%s of the demo lints clean among the people of the demo', (file) => {
  const source = readFileSync(join(FOLDER, file), 'utf8').replace(/\$\{(\d+) days ago\}/g, TODAY);
  const parsed = parseContract(source, 'yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues, null, 1));
  const found = lint(parsed.contract, { today: TODAY, people });
  expect(
    found.filter(({ level }) => level !== 'note').map(({ clause, message }) => `${clause}: ${message}`),
  ).toEqual([]);
});
