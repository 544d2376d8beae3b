import { describe, expect, it } from 'vitest';
import { readable } from './terminal';

describe('what a plane reports while it runs', () => {
  it('shows warnings and errors in words, and keeps the rest for the log', () => {
    expect(readable('runtime plane', '{"level":30,"msg":"request"}')).toBeNull();
    expect(
      readable('runtime plane', '{"level":50,"msg":"not stored","err":{"message":"disk full"}}'),
    ).toContain('error: not stored (disk full)');
    expect(readable('runtime plane', '{"level":40,"msg":"slow"}')).toContain('warning: slow');
  });

  it('shows what is not a record as it is', () => {
    expect(readable('dashboard', 'Error: boom')).toContain('Error: boom');
    expect(readable('dashboard', '{not json')).toContain('{not json');
    expect(readable('dashboard', '  ')).toBeNull();
  });
});
