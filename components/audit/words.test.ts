import { expect, test } from 'vitest';
import { actionWords, byNoun, nounWords, subjectWords } from './words';

test('an action is read in words, those nobody thought of too', () => {
  expect(actionWords('incident.acknowledged')).toBe('Incident acknowledged');
  expect(actionWords('person.password-link-made')).toBe('Password link made');
  expect(actionWords('draft.taken-back')).toBe('Draft taken back');
});

test('what an entry is about is never shown as an id', () => {
  expect(subjectWords('page-digest:0198a2c4-5b1e-7cc3-9a3e-1f2e3d4c5b6a')).toBe('Page digest');
  expect(subjectWords('run:order-17')).toBe('Run order-17');
  expect(subjectWords('workspace')).toBe('Workspace');
});

test('actions are chosen from under what they happen to', () => {
  expect(byNoun(['key.created', 'key.revoked', 'run.paused'])).toEqual([
    ['key', ['key.created', 'key.revoked']],
    ['run', ['run.paused']],
  ]);
  expect([nounWords('key'), nounWords('run')]).toEqual(['API keys', 'Runs']);
});
