import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { yamlWords } from '@/components/editor/yaml-completion';
import { suiteJsonSchema } from '@/lib/contract/scenario-json-schema';
import { contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';

const WORDS = yamlWords(() => suiteJsonSchema(contractSchema.parse(aContract())));

/** What is offered at the `|` of a text. */
function offered(text: string): string[] {
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', '') });
  return WORDS.complete(new CompletionContext(state, pos, true))?.options.map((each) => each.label) ?? [];
}

it('a suite is completed with its keys, and with the tools and clauses of the contract at hand', () => {
  expect(offered('scenarios:\n  - name: a\n    |')).toEqual(
    expect.arrayContaining(['behaviour', 'given', 'call', 'expect']),
  );
  expect(offered('scenarios:\n  - name: a\n    call:\n      tool: |')).toContain('refunds.pay');
  expect(offered('scenarios:\n  - name: a\n    expect:\n      lane: |')).toEqual([
    'allow',
    'degrade',
    'escalate',
    'block',
  ]);
  expect(offered('scenarios:\n  - name: a\n    expect:\n      clause: |')).toContain('cost/perRun');
  expect(offered('scenarios:\n  - name: a\n    behaviour: |')).toContain('cost-overrun');
});
