import { expect, test } from 'vitest';
import { actionWords, byNoun, nounWords } from './words';

test('an action is read in words, those nobody thought of too', () => {
  expect(actionWords('incident.acknowledged')).toBe('Incident acknowledged');
  expect(actionWords('person.password-link-made')).toBe('Password link made');
  expect(actionWords('draft.taken-back')).toBe('Draft taken back');
});

test('actions are chosen from under what they happen to', () => {
  expect(byNoun(['key.created', 'key.revoked', 'run.paused'])).toEqual([
    ['key', ['key.created', 'key.revoked']],
    ['run', ['run.paused']],
  ]);
  expect([nounWords('key'), nounWords('run')]).toEqual(['API keys', 'Runs']);
});
