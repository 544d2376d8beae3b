import { expect, test } from 'vitest';
import { codeOf, promptOf } from './made-of';

const prompt = (attributes: Parameters<typeof promptOf>[0]['attributes']) =>
  promptOf({ attributes, events: [] });
const system = {
  role: 'system',
  parts: [{ type: 'text', content: 'You settle "small" claims {politely}.' }],
};

test('the code version of a resource is its service and version, else its revision', () => {
  expect(codeOf({ 'service.name': 'claims-agent', 'service.version': '4.2.0' })).toBe('claims-agent@4.2.0');
  expect(codeOf({ 'service.name': 'unknown_service:node', 'service.version': '4.2.0' })).toBe('4.2.0');
  expect(codeOf({ 'vcs.ref.head.revision': '9f3c21' })).toBe('9f3c21');
  expect(codeOf({ 'service.name': 'claims-agent' })).toBeNull();
});

test('a managed prompt goes by its name and version', () => {
  expect(prompt({ 'gen_ai.prompt.name': 'settle', 'gen_ai.prompt.version': 7 })).toBe('settle@7');
  expect(
    prompt({ 'langfuse.observation.prompt.name': 'settle', 'langfuse.observation.prompt.version': '3' }),
  ).toBe('settle@3');
});

test('the same system message is the same prompt whatever the conversation after it', () => {
  const first = prompt({ 'gen_ai.input.messages': JSON.stringify([system, { role: 'user', content: 'a' }]) });
  const second = prompt({ 'gen_ai.input.messages': JSON.stringify([system]) });
  const other = prompt({
    'gen_ai.input.messages': JSON.stringify([
      { ...system, parts: [] },
      { role: 'user', content: 'a' },
    ]),
  });
  expect(first).toMatch(/^[0-9a-f]{12}$/);
  expect(second).toBe(first);
  expect(other).toMatch(/^[0-9a-f]{12}$/);
  expect(other).not.toBe(first);
});

test('spans that carry no system message have no prompt', () => {
  expect(prompt({})).toBeNull();
  expect(prompt({ 'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: 'hi' }]) })).toBeNull();
  expect(prompt({ 'gen_ai.input.messages': '[{"role":"system","content":"cut in the mid' })).toBeNull();
  expect(prompt({ 'gen_ai.input.messages': 'not json' })).toBeNull();
  expect(prompt({ 'gen_ai.system_instructions': '' })).toBeNull();
});

test('each dialect that carries instructions is read', () => {
  expect(prompt({ 'gen_ai.system_instructions': '[{"type":"text"}]' })).not.toBeNull();
  expect(
    prompt({
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': 'You settle claims.',
    }),
  ).not.toBeNull();
  expect(
    prompt({ 'gen_ai.prompt.0.role': 'system', 'gen_ai.prompt.0.content': 'You settle claims.' }),
  ).not.toBeNull();
  expect(
    promptOf({
      attributes: {},
      events: [{ name: 'gen_ai.system.message', atUs: 0, attributes: { content: 'You settle claims.' } }],
    }),
  ).not.toBeNull();
});
