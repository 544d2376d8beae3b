import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { authorityRows, plain } from './describe';
import { diffContracts } from './diff';
import { valueWords } from './diff-words';
import { sectionTexts } from './document';
import { readSheet } from './read-sheet';
import { contractSchema } from './schema';
import { summarise } from './summary';

const CONTRACT = contractSchema.parse(
  aContract({
    authority: {
      rules: [
        {
          id: 'small-refunds',
          tools: ['refunds.pay'],
          when: [{ field: 'arg.amount', op: '<=', value: 2500.5 }],
          tier: 'alone',
        },
      ],
    },
    quality: { technical: { latencyMs: 1234, errorRate: 0.01255 } },
    cost: { perRun: 1.375, perDay: 1234.567, infrastructurePerHour: 0.0125 },
    failure: { blastRadius: { amount: 10000.25 } },
  }),
);
const document = sectionTexts(CONTRACT)
  .flatMap(({ clauses }) => clauses.map((clause) => plain(clause.sentence)))
  .join('\n');

describe('what people read and sign', () => {
  it('says every figure as it is agreed, and rounds none', () => {
    for (const figure of ['$1.375', '$1,234.567', '$0.0125 an hour', '1.234 s', '1.255%', '$10,000.25'])
      expect(document).toContain(figure);
    expect(authorityRows(CONTRACT).map((row) => plain(row.when))).toContain(
      'refunds.pay, amount up to 2,500.5',
    );
    expect(summarise(CONTRACT).map(plain).join(' ')).toContain('$1.375');
    expect(JSON.stringify(readSheet(CONTRACT))).toContain('$1,234.567');
  });

  it('says so of what changed, too', () => {
    const after = structuredClone(CONTRACT);
    after.cost.perRun = 1.376;
    const [change] = diffContracts(CONTRACT, after);
    expect(valueWords('cost/perRun', change?.before)).toBe('$1.375');
    expect(valueWords('cost/perRun', change?.after)).toBe('$1.376');
  });
});
