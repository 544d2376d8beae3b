import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { contractJsonSchema } from './json-schema';
import { randomContract } from './testing/random-contract';

const schema = contractJsonSchema();
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const fits = (document: unknown) =>
  typeof schema === 'object' && schema !== null ? ajv.validate(schema, document) : false;

describe('the published JSON Schema', () => {
  it('fits every contract', () => {
    fc.assert(
      fc.property(randomContract, (contract) => fits(contract)),
      { numRuns: 50 },
    );
  });

  it('lets a contract leave out what the workspace defaults give, and only one that extends them', () => {
    const { cost: _, risk, scope: __, authority: ___, ...rest } = aContract();
    const silent = {
      ...rest,
      risk: { thresholds: risk.thresholds },
      versioning: { contract: '1', code: 'a', lastReviewed: '2026-01-01' },
    };
    expect(fits({ ...silent, extends: 'workspace-defaults' })).toBe(true);
    expect(fits(silent)).toBe(false);
    const { identity: ____, ...nobody } = silent;
    expect(fits({ ...nobody, extends: 'workspace-defaults' })).toBe(false);
    // A unit is written whole, whatever it extends.
    expect(fits({ ...silent, extends: 'workspace-defaults', risk: { thresholds: { medium: 1 } } })).toBe(
      false,
    );
  });

  it('still refuses a whole contract with one field gone, however deep', () => {
    const contract = aContract();
    expect(fits({ ...contract, ownership: { ...contract.ownership, grc: undefined } })).toBe(false);
    const { level: _, ...authority } = contract.authority;
    expect(fits({ ...contract, authority })).toBe(false);
  });
});
