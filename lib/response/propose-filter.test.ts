import { describe, expect, it } from 'vitest';
import { contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';
import { proposeFilter } from './propose-filter';

const contract = contractSchema.parse(aContract());
const tool = 'orders.get';

describe('a filter that is offered after a breach on data', () => {
  it('speaks of the categories that the entry neither allows nor filters', () => {
    expect(
      proposeFilter(contract, { tool, touched: ['customer-contact', 'bank-account', 'bank-account'] }),
    ).toEqual({
      tool,
      entry: tool,
      // biome-ignore lint/suspicious/noThenProperty: a word of the contract
      filter: { id: 'bank-account', categories: ['bank-account'], then: 'mask' },
    });
  });

  it('is not offered where all is said, for a tool without an entry of its own, and for what is forbidden outright', () => {
    expect(proposeFilter(contract, { tool, touched: ['customer-contact'] })).toBeNull();
    expect(proposeFilter(contract, { tool: 'unheard.of', touched: ['bank-account'] })).toBeNull();
    expect(proposeFilter(contract, { tool, touched: ['bank-account', 'health'] })).toBeNull();
  });

  it('takes a name that is free', () => {
    const { tools = {} } = aContract();
    const entry = tools[tool];
    const filtered = contractSchema.parse(
      aContract({
        tools: {
          [tool]: {
            server: 'orders',
            action: 'read',
            ...entry,
            // biome-ignore lint/suspicious/noThenProperty: a word of the contract
            filter: [{ id: 'bank-account', categories: ['payment-card'], then: 'mask' }],
          },
        },
      }),
    );
    expect(proposeFilter(filtered, { tool, touched: ['bank-account'] })?.filter.id).toBe('bank-account-2');
  });
});
