import { EmptyState } from '@/components/ui/empty-state';
import { type Action, rolesThatMay } from '@/lib/auth/can';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { formatList } from '@/lib/format';

/** In place of a page one may not use: who may, so that one knows whom to ask. */
export function NotYours({ action, what }: { action: Action; what: string }) {
  const roles = rolesThatMay(action);
  return (
    <EmptyState title={`${what} not part of your role`}>
      {roles === 'everyone'
        ? 'Members of the workspace may see this.'
        : `Ask somebody who is ${formatList(roles.map((role) => ROLE_TITLES[role])).replace(' and ', ' or ')}.`}
    </EmptyState>
  );
}
