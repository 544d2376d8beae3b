import { expect, it } from 'vitest';
import { splitCommand } from './split-command';

it.each([
  ['npx -y server /tmp', ['npx', '-y', 'server', '/tmp']],
  ['  node  "a b/c.js" --x=\'y z\' ', ['node', 'a b/c.js', '--x=y z']],
  ['a\\ b "say \\"hi\\"" \'\' $HOME `id`', ['a b', 'say "hi"', '', '$HOME', '`id`']],
  ['', []],
])('%j is the words %j, and nothing in it is expanded', (line, words) => {
  expect(splitCommand(line)).toEqual(words);
});
