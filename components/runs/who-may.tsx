import { formatList } from '@/lib/format';
import type { Permission } from '@/lib/services/incidents/may-act';

/** For a reader who may not take a step: who may, by name. */
export function WhoMay({ permission, verb }: { permission: Permission; verb: string }) {
  const who =
    permission.people.length > 0
      ? `${formatList(permission.people)} may ${verb}`
      : `Nobody here may ${verb} yet`;
  return (
    <p className="max-w-72 text-sm text-ink-2 md:text-right">
      {who} ({permission.roles.join(', ')}).
    </p>
  );
}
